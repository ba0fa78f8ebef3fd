package dev.tribunal.judge.kubernetes;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KubernetesPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(KubernetesProperties.class)
                .hasDefaults(new KubernetesProperties(false, List.of(), Duration.ofSeconds(15)))
                .isWritten(
                        Map.of(
                                "tribunal.judge.kubernetes.enabled", "true",
                                "tribunal.judge.kubernetes.namespaces", "one, two",
                                "tribunal.judge.kubernetes.compare-every", "1m"),
                        new KubernetesProperties(true, List.of("one", "two"), Duration.ofMinutes(1)));
    }
}
