package dev.tribunal.reward.remote;

import dev.tribunal.servicekit.outbound.NamedSecrets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.reward.remote.*}
 *
 * @param allowedHosts hosts that reward models may run on; {@code *.suffix} allows all below a suffix
 * @param secrets what registrations refer to by name; never shown
 * @param secretHosts by the name of a secret, the hosts that it may be sent to; all allowed ones where nothing is said
 * @param maxAnswer an answer is read up to here
 */
@ConfigurationProperties("tribunal.reward.remote")
record RemoteProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @Nullable Map<String, String> secrets,
        @Nullable Map<String, List<String>> secretHosts,
        @DefaultValue("8MB") DataSize maxAnswer) {

    NamedSecrets named() {
        return new NamedSecrets("the reward service", "tribunal.reward.remote", secrets, secretHosts);
    }

    @Override
    public String toString() {
        return "RemoteProperties[allowedHosts=" + allowedHosts + ", secrets=***, secretHosts=" + secretHosts
                + ", maxAnswer=" + maxAnswer + "]";
    }
}
