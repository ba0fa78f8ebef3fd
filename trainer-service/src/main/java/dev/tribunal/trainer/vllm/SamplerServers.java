package dev.tribunal.trainer.vllm;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.JsonEndpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** The servers that may sample, and the way to them: guarded, with the operator's secrets. */
@Component
@EnableConfigurationProperties(SamplerProperties.class)
public class SamplerServers implements DisposableBean {

    private final AllowedServers servers;
    private final GuardedHttp http;

    public SamplerServers(SamplerProperties properties) {
        this.servers = properties.servers();
        this.http = new GuardedHttp(
                servers.guard(), Math.toIntExact(properties.maxAnswer().toBytes()));
    }

    /** What is wrong with a spec's servers and their secret, with pointers from the sampler's root; none if nothing is. */
    public List<FieldError> mistakes(Sampler.Vllm sampler) {
        List<FieldError> mistakes = new ArrayList<>();
        for (int i = 0; i < sampler.urls().size(); i++) {
            String url = sampler.urls().get(i);
            String objection = servers.guard().objection(url);
            if (objection != null) {
                mistakes.add(new FieldError("/urls/" + i, objection));
            } else if (sampler.secretRef() != null) {
                String ofSecret = servers.secrets().objection(sampler.secretRef(), url);
                if (ofSecret != null) {
                    mistakes.add(new FieldError("/secretRef", ofSecret));
                }
            }
        }
        return mistakes.stream().distinct().toList();
    }

    JsonEndpoint endpoint(String url, @Nullable String secretRef) {
        return new JsonEndpoint(http, url.replaceAll("/+$", "").replaceAll("/v1$", ""), servers.secret(url, secretRef));
    }

    @Override
    public void destroy() throws IOException {
        http.close();
    }
}
