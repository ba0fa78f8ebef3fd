package dev.tribunal.gateway.routing;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code tribunal.gateway.*}
 *
 * @param trainerUrl where the trainer service listens, for example {@code http://trainer-service:8081}
 * @param judgeUrl where the judge service listens
 * @param rewardUrl where the reward service listens
 * @param serviceToken what the gateway shows the services; none of its callers' tokens, and never taken from a caller
 * @param connectTimeout the longest wait for a connection to a service
 * @param readTimeout the longest silence of a service, but for event streams, which may be silent
 */
@ConfigurationProperties("tribunal.gateway")
record GatewayProperties(
        URI trainerUrl,
        URI judgeUrl,
        URI rewardUrl,
        @Nullable String serviceToken,
        Duration connectTimeout,
        Duration readTimeout) {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    GatewayProperties {
        requireServiceUrl("trainer-url", trainerUrl);
        requireServiceUrl("judge-url", judgeUrl);
        requireServiceUrl("reward-url", rewardUrl);
    }

    /** @throws IllegalStateException if there is none, or it is the first admin's as well */
    String requiredServiceToken(String adminToken) {
        if (serviceToken == null || serviceToken.isBlank()) {
            throw new IllegalStateException("tribunal.gateway.service-token is not set: set"
                    + " TRIBUNAL_GATEWAY_SERVICE_TOKEN to what the services have as TRIBUNAL_HTTP_TOKEN");
        }
        if (serviceToken.equals(adminToken)) {
            throw new IllegalStateException("tribunal.gateway.service-token is the first admin's token, too"
                    + " (tribunal.http.token): whoever holds that could go around the gateway; set another one, here and"
                    + " as tribunal.http.token of the services");
        }
        return serviceToken;
    }

    /** Secrets are never printed. */
    @Override
    public String toString() {
        return "GatewayProperties[trainerUrl=" + trainerUrl + ", judgeUrl=" + judgeUrl + ", rewardUrl=" + rewardUrl
                + "]";
    }

    private static void requireServiceUrl(String property, URI url) {
        boolean bare = url.getPath() == null
                || url.getPath().isEmpty()
                || url.getPath().equals("/");
        if (url.getHost() == null || !SCHEMES.contains(url.getScheme()) || !bare) {
            throw new IllegalArgumentException("tribunal.gateway." + property + " is " + url
                    + "; set it to a scheme, host and port, such as http://localhost:8081");
        }
    }
}
