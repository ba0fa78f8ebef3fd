package dev.tribunal.servicekit.http;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.http.*}
 *
 * @param token the bearer token that lets in: behind the gateway that of the services, at the gateway that of its first
 *     admin; required
 * @param metricsToken that lets Prometheus in, to {@code /metrics} of a service behind the gateway alone; without one only
 *     {@code token} does
 * @param openPaths paths that need no token, beside {@code /health/**}
 * @param maxBody the largest body of a request, where the contract does not say another one
 * @param clientIdle a client that is to send or to read and does neither for so long is cut off; its headers have to be
 *     complete within it
 * @param clientPatience how long a body may take to come, or an answer to be taken, however short it is; a longer one
 *     has to move 16 KiB a second beyond
 * @param keepAlive how long a connection is kept for the next request
 */
@ConfigurationProperties("tribunal.http")
public record HttpProperties(
        @Nullable String token,
        @Nullable String metricsToken,
        @DefaultValue List<String> openPaths,
        @DefaultValue("16MB") DataSize maxBody,
        @DefaultValue("20s") Duration clientIdle,
        @DefaultValue("30s") Duration clientPatience,
        @DefaultValue("60s") Duration keepAlive) {

    public HttpProperties {
        openPaths = List.copyOf(openPaths);
        metricsToken = metricsToken == null || metricsToken.isBlank() ? null : metricsToken;
    }

    /** @throws IllegalStateException if there is none */
    public String requiredToken() {
        if (token == null || token.isBlank()) {
            throw new IllegalStateException(
                    "tribunal.http.token is not set: set TRIBUNAL_HTTP_TOKEN to a secret of at least 16 characters");
        }
        return token;
    }

    /** Secrets are never printed. */
    @Override
    public String toString() {
        return "HttpProperties[token=***, metricsToken=***, openPaths=" + openPaths + "]";
    }
}
