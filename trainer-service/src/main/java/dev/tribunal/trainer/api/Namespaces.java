package dev.tribunal.trainer.api;

import dev.tribunal.servicekit.caller.NamespaceGuard;
import dev.tribunal.servicekit.caller.NamespaceGuard.Resource;
import dev.tribunal.trainer.inference.GenerationStore;
import dev.tribunal.trainer.store.RunStore;
import java.util.Objects;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What of this service belongs to namespaces. */
@Configuration(proxyBeanMethods = false)
class Namespaces {

    private static final String ID = "id";

    @Bean
    NamespaceGuard namespaceGuard(RunStore runs, GenerationStore generations) {
        return new NamespaceGuard(
                new Resource(
                        "/v1/runs/{id}/**",
                        path -> runs.namespace(Objects.requireNonNull(path.get(ID))),
                        path -> RunStore.notFound(Objects.requireNonNull(path.get(ID))),
                        Set.of("/v1/runs/{id}/forks")),
                new Resource(
                        "/v1/generations/{id}/**",
                        path -> generations.namespace(Objects.requireNonNull(path.get(ID))),
                        path -> GenerationStore.notFound(Objects.requireNonNull(path.get(ID))),
                        Set.of()));
    }
}
