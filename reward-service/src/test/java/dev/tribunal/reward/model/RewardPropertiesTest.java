package dev.tribunal.reward.model;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(RewardProperties.class)
                .hasNoDefaults()
                .isWritten(
                        Map.of(
                                "tribunal.reward.data", "/data/reward-models",
                                "tribunal.reward.loaded-models", "2",
                                "tribunal.reward.imports.helpfulness", "hf:helpfulness"),
                        new RewardProperties("/data/reward-models", 2, Map.of("helpfulness", "hf:helpfulness")));
    }
}
