package dev.tribunal.servicekit.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.servicekit.testing.SettingsContract;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracePropertiesTest {

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(TraceProperties.class)
                .hasDefaults(new TraceProperties(null, 1))
                .isWritten(
                        Map.of(
                                "tribunal.traces.endpoint", "http://collector:4318/v1/traces",
                                "tribunal.traces.ratio", "0.1"),
                        new TraceProperties(URI.create("http://collector:4318/v1/traces"), 0.1));
    }

    @Test
    void anEmptyEndpointIsNone() {
        assertThat(new TraceProperties(URI.create(""), 1).endpoint()).isNull();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new TraceProperties(URI.create("collector:4318"), 1))
                .hasMessageContaining("'collector:4318': write the whole URL");
        assertThatThrownBy(() -> new TraceProperties(null, 1.5)).hasMessageContaining("tribunal.traces.ratio is 1.5");
        assertThatThrownBy(() -> new TraceProperties(null, Double.NaN)).hasMessageContaining("from 0 to 1");
    }
}
