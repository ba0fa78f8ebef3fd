package dev.tribunal.trainer.store;

import static java.util.Map.entry;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainerPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(TrainerProperties.class)
                .hasNoDefaults()
                .isWritten(
                        Map.ofEntries(
                                entry("tribunal.trainer.judge-url", "http://judge:1"),
                                entry("tribunal.trainer.reward-url", "http://reward:2"),
                                entry("tribunal.trainer.data", "/data/runs"),
                                entry("tribunal.trainer.concurrency", "3"),
                                entry("tribunal.trainer.name", "trainer-4"),
                                entry("tribunal.trainer.lease", "5s"),
                                entry("tribunal.trainer.grace", "4s"),
                                entry("tribunal.trainer.judgement-timeout", "6s"),
                                entry("tribunal.trainer.score-timeout", "7s"),
                                entry("tribunal.trainer.validation-budget", "8s"),
                                entry("tribunal.trainer.validation-timeout", "9s")),
                        new TrainerProperties(
                                URI.create("http://judge:1"),
                                URI.create("http://reward:2"),
                                Path.of("/data/runs"),
                                3,
                                "trainer-4",
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(7),
                                Duration.ofSeconds(8),
                                Duration.ofSeconds(9)));
    }
}
