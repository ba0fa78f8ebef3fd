package dev.tribunal.reward;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilesPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(FilesProperties.class)
                .isWritten(
                        Map.of("tribunal.files.roots", "/models, /data"),
                        new FilesProperties(List.of("/models", "/data")));
    }
}
