package dev.tribunal.gateway.routing;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(GatewayProperties.class)
                .hasNoDefaults()
                .isWritten(
                        Map.of(
                                "tribunal.gateway.trainer-url", "http://trainer:1",
                                "tribunal.gateway.judge-url", "http://judge:2",
                                "tribunal.gateway.reward-url", "http://reward:3",
                                "tribunal.gateway.service-token", "of-the-services",
                                "tribunal.gateway.connect-timeout", "4s",
                                "tribunal.gateway.read-timeout", "5m"),
                        new GatewayProperties(
                                URI.create("http://trainer:1"),
                                URI.create("http://judge:2"),
                                URI.create("http://reward:3"),
                                "of-the-services",
                                Duration.ofSeconds(4),
                                Duration.ofMinutes(5)));
    }
}
