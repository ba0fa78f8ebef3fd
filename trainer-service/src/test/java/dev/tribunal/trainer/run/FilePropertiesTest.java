package dev.tribunal.trainer.run;

import dev.tribunal.servicekit.testing.SettingsContract;
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
