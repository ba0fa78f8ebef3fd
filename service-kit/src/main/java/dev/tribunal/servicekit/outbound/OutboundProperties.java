package dev.tribunal.servicekit.outbound;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom a service asks in other people's names, and with which secrets: in settings of their own, which name it {@code ""} so
 * that its properties stand beside theirs.
 *
 * @param allowedHosts hosts that may be asked; {@code *.suffix} allows all below a suffix
 * @param secrets what people refer to by name; never shown
 * @param secretHosts by the name of a secret, the hosts that it may be sent to; all allowed ones where nothing is said
 */
public record OutboundProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @Nullable Map<String, String> secrets,
        @Nullable Map<String, List<String>> secretHosts) {

    /**
     * @param service for errors, for example {@code the trainer service}
     * @param prefix of the properties
     */
    public AllowedServers servers(String service, String prefix) {
        return new AllowedServers(
                new AddressGuard(allowedHosts, prefix + ".allowed-hosts"),
                new NamedSecrets(service, prefix, secrets, secretHosts));
    }

    @Override
    public String toString() {
        return "OutboundProperties[allowedHosts=" + allowedHosts + ", secrets=***, secretHosts=" + secretHosts + "]";
    }
}
