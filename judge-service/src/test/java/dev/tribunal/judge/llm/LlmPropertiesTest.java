package dev.tribunal.judge.llm;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LlmPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(LlmProperties.class)
                .hasDefaults(new LlmProperties(new LlmProperties.Judge(null, 4), new LlmProperties.Files(List.of("."))))
                .isWritten(
                        Map.of(
                                "tribunal.judge.model", "hf:judge",
                                "tribunal.judge.max-models", "2",
                                "tribunal.files.roots[0]", "/models",
                                "tribunal.files.roots[1]", "/data"),
                        new LlmProperties(
                                new LlmProperties.Judge("hf:judge", 2),
                                new LlmProperties.Files(List.of("/models", "/data"))));
    }
}
