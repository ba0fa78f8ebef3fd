package dev.tribunal.judge.registration;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(RegistryProperties.class)
                .hasDefaults(new RegistryProperties(
                        null,
                        null,
                        Duration.ofMinutes(2),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(10),
                        null))
                .isWritten(
                        Map.of(
                                "tribunal.judge.secrets.key", "a secret",
                                "tribunal.judge.secret-hosts.key", "judges.example",
                                "tribunal.judge.llm-timeout", "1s",
                                "tribunal.judge.rule-timeout", "2s",
                                "tribunal.judge.look-every", "3s",
                                "tribunal.judge.canary-every", "4s",
                                "tribunal.judge.trainer-url", "http://trainer:1"),
                        new RegistryProperties(
                                Map.of("key", "a secret"),
                                Map.of("key", List.of("judges.example")),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4),
                                URI.create("http://trainer:1")));
    }
}
