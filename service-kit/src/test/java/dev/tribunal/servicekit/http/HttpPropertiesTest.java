package dev.tribunal.servicekit.http;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class HttpPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(HttpProperties.class)
                .hasDefaults(new HttpProperties(
                        null,
                        null,
                        List.of(),
                        DataSize.ofMegabytes(16),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60)))
                .isWritten(
                        Map.of(
                                "tribunal.http.token", "a shared secret",
                                "tribunal.http.metrics-token", "of-prometheus-alone",
                                "tribunal.http.open-paths", "/, /page/**",
                                "tribunal.http.max-body", "1MB",
                                "tribunal.http.client-idle", "2s",
                                "tribunal.http.client-patience", "3s",
                                "tribunal.http.keep-alive", "4s"),
                        new HttpProperties(
                                "a shared secret",
                                "of-prometheus-alone",
                                List.of("/", "/page/**"),
                                DataSize.ofMegabytes(1),
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(4)));
    }
}
