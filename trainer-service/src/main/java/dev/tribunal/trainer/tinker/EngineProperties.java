package dev.tribunal.trainer.tinker;

import dev.tribunal.servicekit.outbound.NamedSecrets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.trainer.engine.*}
 *
 * @param allowedHosts hosts that engines may be on, and that their adapters may be downloaded from; {@code *.suffix} allows
 *     all below a suffix
 * @param secrets what specs refer to by name; never shown
 * @param secretHosts by the name of a secret, the hosts that it may be sent to; all allowed ones where nothing is said
 */
@ConfigurationProperties(EngineProperties.PREFIX)
record EngineProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @Nullable Map<String, String> secrets,
        @Nullable Map<String, List<String>> secretHosts) {

    static final String PREFIX = "tribunal.trainer.engine";

    NamedSecrets named() {
        return new NamedSecrets("the trainer service", PREFIX, secrets, secretHosts);
    }

    @Override
    public String toString() {
        return "EngineProperties[allowedHosts=" + allowedHosts + ", secrets=***, secretHosts=" + secretHosts + "]";
    }
}
