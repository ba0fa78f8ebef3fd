package dev.tribunal.judge.kubernetes;

import dev.tribunal.judge.registry.SelfRegistration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Nothing of Kubernetes is loaded where it is off. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("tribunal.judge.kubernetes.enabled")
@EnableConfigurationProperties(KubernetesProperties.class)
class KubernetesConfiguration {

    /** From the pod's service account. */
    @Bean
    KubernetesClient kubernetesClient() {
        return new KubernetesClientBuilder().build();
    }

    @Bean
    KubernetesJudges kubernetesJudges(
            KubernetesClient client, KubernetesProperties properties, SelfRegistration registration, JsonMapper json) {
        return new KubernetesJudges(client, properties, new AnnotatedService(json), registration);
    }
}
