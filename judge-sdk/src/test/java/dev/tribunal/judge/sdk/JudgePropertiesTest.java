package dev.tribunal.judge.sdk;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class JudgePropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(JudgeProperties.class)
                .hasDefaults(new JudgeProperties(DataSize.ofMegabytes(16), 64))
                .isWritten(
                        Map.of("tribunal.judge.max-body", "1KB", "tribunal.judge.max-in-flight", "3"),
                        new JudgeProperties(DataSize.ofKilobytes(1), 3));
    }
}
