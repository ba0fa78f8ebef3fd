package dev.tribunal.contracts.http;

import dev.tribunal.contracts.testing.SettingsContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpPropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(HttpProperties.class)
                .hasDefaults(new HttpProperties(null, List.of()))
                .isWritten(
                        Map.of("tribunal.http.token", "a shared secret", "tribunal.http.open-paths", "/, /page/**"),
                        new HttpProperties("a shared secret", List.of("/", "/page/**")));
    }
}
