package dev.tribunal.judge.builtin;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodePropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(CodeProperties.class)
                .hasDefaults(new CodeProperties(null, null, null, null, Duration.ofMinutes(4)))
                .isWritten(
                        Map.of(
                                "tribunal.judge.code.enabled", "false",
                                "tribunal.judge.code.sandbox", "/usr/bin/bwrap",
                                "tribunal.judge.code.python", "/usr/bin/python3",
                                "tribunal.judge.code.java", "/usr/lib/jvm/jdk",
                                "tribunal.judge.code.timeout", "5s"),
                        new CodeProperties(
                                false,
                                "/usr/bin/bwrap",
                                "/usr/bin/python3",
                                "/usr/lib/jvm/jdk",
                                Duration.ofSeconds(5)));
    }
}
