package dev.tribunal.judge.kubernetes;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.judge.kubernetes.*}
 *
 * @param enabled whether Services register themselves
 * @param namespaces where; the pod's own if there are none
 * @param compareEvery how often what is registered is compared with what there is, also when nothing seems to happen
 */
@ConfigurationProperties("tribunal.judge.kubernetes")
record KubernetesProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue List<String> namespaces,
        @DefaultValue("15s") Duration compareEvery) {}
