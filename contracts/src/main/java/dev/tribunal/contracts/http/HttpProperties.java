package dev.tribunal.contracts.http;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code tribunal.http.*}
 *
 * @param token the bearer token that the platform's services and users send; required
 * @param openPaths paths that need no token, beside {@code /health/**}
 */
@ConfigurationProperties("tribunal.http")
public record HttpProperties(@Nullable String token, List<String> openPaths) {

    public HttpProperties {
        openPaths = openPaths == null ? List.of() : List.copyOf(openPaths);
    }

    String requiredToken() {
        if (token == null || token.isBlank()) {
            throw new IllegalStateException(
                    "tribunal.http.token is not set: set TRIBUNAL_HTTP_TOKEN to the platform's shared secret");
        }
        return token;
    }

    /** Secrets are never printed. */
    @Override
    public String toString() {
        return "HttpProperties[token=***, openPaths=" + openPaths + "]";
    }
}
