package dev.tribunal.judge.fanout;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class FanOutPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(FanOutProperties.class)
                .hasDefaults(new FanOutProperties(
                        List.of("localhost", "127.0.0.1", "[::1]"),
                        DataSize.ofMegabytes(8),
                        Duration.ofSeconds(10),
                        new FanOutProperties.Cache(1_000_000, Duration.ofDays(30))))
                .isWritten(
                        Map.of(
                                "tribunal.judge.allowed-hosts", "judges.example, *.svc",
                                "tribunal.judge.max-answer", "1KB",
                                "tribunal.judge.breaker-pause", "2s",
                                "tribunal.judge.cache.max-entries", "3",
                                "tribunal.judge.cache.max-age", "4h"),
                        new FanOutProperties(
                                List.of("judges.example", "*.svc"),
                                DataSize.ofKilobytes(1),
                                Duration.ofSeconds(2),
                                new FanOutProperties.Cache(3, Duration.ofHours(4))));
    }
}
