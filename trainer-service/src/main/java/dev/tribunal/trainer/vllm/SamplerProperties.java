package dev.tribunal.trainer.vllm;

import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.trainer.sampler.*}
 *
 * @param outbound hosts that servers may be on, and their API keys
 * @param maxAnswer the largest answer that is read: all completions of a prompt, some 60 bytes a token
 */
@ConfigurationProperties(SamplerProperties.PREFIX)
public record SamplerProperties(
        @Name("") @DefaultValue OutboundProperties outbound,
        @DefaultValue("256MB") DataSize maxAnswer) {

    static final String PREFIX = "tribunal.trainer.sampler";

    AllowedServers servers() {
        return outbound.servers("the trainer service", PREFIX);
    }
}
