package dev.tribunal.trainer.vllm;

import dev.tribunal.servicekit.outbound.NamedSecrets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.trainer.sampler.*}
 *
 * @param allowedHosts hosts that servers may be on; {@code *.suffix} allows all below a suffix
 * @param secrets API keys that specs refer to by name; never shown
 * @param secretHosts by the name of a secret, the hosts that it may be sent to; all allowed ones where nothing is said
 * @param maxAnswer the largest answer that is read: all completions of a prompt, some 60 bytes a token
 */
@ConfigurationProperties("tribunal.trainer.sampler")
public record SamplerProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @Nullable Map<String, String> secrets,
        @Nullable Map<String, List<String>> secretHosts,
        @DefaultValue("256MB") DataSize maxAnswer) {

    NamedSecrets named() {
        return new NamedSecrets("the trainer service", "tribunal.trainer.sampler", secrets, secretHosts);
    }

    @Override
    public String toString() {
        return "SamplerProperties[allowedHosts=" + allowedHosts + ", secrets=***, secretHosts=" + secretHosts
                + ", maxAnswer=" + maxAnswer + "]";
    }
}
