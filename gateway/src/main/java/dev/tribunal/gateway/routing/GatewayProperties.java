package dev.tribunal.gateway.routing;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * {@code tribunal.gateway.*}
 *
 * @param trainerUrl where the trainer service listens, for example {@code http://trainer-service:8081}
 * @param judgeUrl where the judge service listens
 * @param rewardUrl where the reward service listens
 * @param connectTimeout the longest wait for a connection to a service
 * @param readTimeout the longest silence of a service, but for event streams, which may be silent
 */
@ConfigurationProperties("tribunal.gateway")
record GatewayProperties(URI trainerUrl, URI judgeUrl, URI rewardUrl, Duration connectTimeout, Duration readTimeout) {

    private static final Set<String> SCHEMES = Set.of("http", "https");

    GatewayProperties {
        requireServiceUrl("trainer-url", trainerUrl);
        requireServiceUrl("judge-url", judgeUrl);
        requireServiceUrl("reward-url", rewardUrl);
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
