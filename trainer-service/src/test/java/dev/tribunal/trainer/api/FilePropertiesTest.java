package dev.tribunal.trainer.api;

import dev.tribunal.servicekit.testing.SettingsContract;
import dev.tribunal.trainer.execution.TrainerConfiguration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilePropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(TrainerConfiguration.FileProperties.class)
                .isWritten(
                        Map.of("tribunal.files.roots", "/models, /data"),
                        new TrainerConfiguration.FileProperties(List.of("/models", "/data")));
    }
}
