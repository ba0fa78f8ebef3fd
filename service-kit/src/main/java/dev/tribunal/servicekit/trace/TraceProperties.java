package dev.tribunal.servicekit.trace;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.traces.*}
 *
 * @param endpoint where spans are sent by OTLP over HTTP, for example {@code http://collector:4318/v1/traces}; nothing is
 *     traced without it
 * @param ratio of traces that are kept, from 0 to 1, of those that begin here; one that a request brings is kept if it says so
 */
@ConfigurationProperties("tribunal.traces")
public record TraceProperties(
        @Nullable URI endpoint, @DefaultValue("1") double ratio) {

    public TraceProperties {
        if (endpoint != null && endpoint.toString().isBlank()) {
            endpoint = null; // an environment variable that is there and empty
        }
        if (endpoint != null
                && (endpoint.getHost() == null
                        || !String.valueOf(endpoint.getScheme()).matches("https?"))) {
            throw new IllegalArgumentException("tribunal.traces.endpoint is '" + endpoint
                    + "': write the whole URL of an OTLP receiver, such as http://collector:4318/v1/traces");
        }
        if (!(ratio >= 0 && ratio <= 1)) {
            throw new IllegalArgumentException("tribunal.traces.ratio is " + ratio + "; it has to be from 0 to 1");
        }
    }
}
