package dev.tribunal.reward;

import dev.tribunal.reward.model.RewardModels;
import dev.tribunal.servicekit.caller.NamespaceGuard;
import dev.tribunal.servicekit.caller.NamespaceGuard.Resource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What of this service belongs to namespaces. */
@Configuration(proxyBeanMethods = false)
class Namespaces {

    @Bean
    NamespaceGuard namespaceGuard(RewardModels models) {
        return new NamespaceGuard(new Resource(
                "/v1/reward-models/{name}/versions/{version}/**",
                path -> models.namespace(name(path), version(path)),
                path -> models.notFound(name(path), version(path)),
                Set.of("/v1/reward-models/{name}/versions/{version}/score")));
    }

    private static String name(Map<String, String> path) {
        return Objects.requireNonNull(path.get("name"));
    }

    private static String version(Map<String, String> path) {
        return Objects.requireNonNull(path.get("version"));
    }
}
