package dev.tribunal.trainer.vllm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import dev.tribunal.servicekit.testing.SettingsContract;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SamplerServersTest {

    @Test
    void onlyAllowedHostsAndKnownSecrets() throws IOException {
        SamplerServers servers = new SamplerServers(new SamplerProperties(
                new OutboundProperties(
                        List.of("127.0.0.1", "*.svc"),
                        Map.of("theirs", "open-sesame"),
                        Map.of("theirs", List.of("vllm.svc"))),
                DataSize.ofMegabytes(1)));

        assertThat(servers.mistakes(sampler(null, "http://127.0.0.1:8000", "http://vllm.svc:8000")))
                .isEmpty();
        assertThat(servers.mistakes(sampler("theirs", "http://vllm.svc:8000"))).isEmpty();
        assertThat(servers.mistakes(sampler("theirs", "http://127.0.0.1:8000", "http://elsewhere:8000")))
                .extracting(FieldError::pointer)
                .containsExactly("/secretRef", "/urls/1");
        assertThat(servers.mistakes(sampler("others", "http://vllm.svc:8000")))
                .singleElement()
                .satisfies(error -> assertThat(error.detail()).contains("tribunal.trainer.sampler.secrets.others"));
        servers.destroy();
    }

    private static Sampler.Vllm sampler(@Nullable String secretRef, String... urls) {
        return new Sampler.Vllm(
                List.of(urls), "file:shared", null, secretRef, 600, 2, new Sampler.Fingerprint(0.05, 4));
    }

    @Test
    void namesAndDefaultsAreThoseThatOperatorsRelyOn() {
        SettingsContract.of(SamplerProperties.class)
                .hasDefaults(new SamplerProperties(
                        new OutboundProperties(List.of("localhost", "127.0.0.1", "[::1]"), null, null),
                        DataSize.ofMegabytes(256)))
                .isWritten(
                        Map.of(
                                "tribunal.trainer.sampler.allowed-hosts", "vllm.example, *.svc",
                                "tribunal.trainer.sampler.secrets.theirs", "0123456789",
                                "tribunal.trainer.sampler.secret-hosts.theirs", "vllm.example",
                                "tribunal.trainer.sampler.max-answer", "8MB"),
                        new SamplerProperties(
                                new OutboundProperties(
                                        List.of("vllm.example", "*.svc"),
                                        Map.of("theirs", "0123456789"),
                                        Map.of("theirs", List.of("vllm.example"))),
                                DataSize.ofMegabytes(8)));
    }
}
