package dev.tribunal.trainer.store;

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
                        Map.of(
                                "tribunal.trainer.judge-url", "http://judge:1",
                                "tribunal.trainer.reward-url", "http://reward:2",
                                "tribunal.trainer.data", "/data/runs",
                                "tribunal.trainer.concurrency", "3",
                                "tribunal.trainer.name", "trainer-4",
                                "tribunal.trainer.lease", "5s",
                                "tribunal.trainer.judgement-timeout", "6s",
                                "tribunal.trainer.score-timeout", "7s",
                                "tribunal.trainer.validation-budget", "8s",
                                "tribunal.trainer.validation-timeout", "9s"),
                        new TrainerProperties(
                                URI.create("http://judge:1"),
                                URI.create("http://reward:2"),
                                Path.of("/data/runs"),
                                3,
                                "trainer-4",
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(6),
                                Duration.ofSeconds(7),
                                Duration.ofSeconds(8),
                                Duration.ofSeconds(9)));
    }
}
