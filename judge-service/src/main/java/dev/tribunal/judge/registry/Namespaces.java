package dev.tribunal.judge.registry;

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

    private static final String JUDGE = "/v1/judges/{name}/versions/{version}";

    @Bean
    NamespaceGuard namespaceGuard(JudgeRegistry registry) {
        return new NamespaceGuard(new Resource(
                JUDGE + "/**",
                path -> registry.namespace(name(path), version(path)),
                path -> registry.notFound(name(path), version(path)),
                Set.of(JUDGE + "/evaluate", JUDGE + "/check", JUDGE + "/stress")));
    }

    private static String name(Map<String, String> path) {
        return Objects.requireNonNull(path.get("name"));
    }

    private static String version(Map<String, String> path) {
        return Objects.requireNonNull(path.get("version"));
    }
}
