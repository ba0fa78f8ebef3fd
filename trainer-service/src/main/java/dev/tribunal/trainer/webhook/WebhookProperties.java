package dev.tribunal.trainer.webhook;

import dev.tribunal.servicekit.outbound.NamedSecrets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code tribunal.trainer.webhook.*}
 *
 * @param allowedHosts hosts that webhooks may be on; {@code *.suffix} allows all below a suffix
 * @param secrets what specs refer to by name; never shown
 * @param secretHosts by the name of a secret, the hosts that it may sign for; all allowed ones where nothing is said
 */
@ConfigurationProperties("tribunal.trainer.webhook")
record WebhookProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @Nullable Map<String, String> secrets,
        @Nullable Map<String, List<String>> secretHosts) {

    NamedSecrets named() {
        return new NamedSecrets("the trainer service", "tribunal.trainer.webhook", secrets, secretHosts);
    }

    @Override
    public String toString() {
        return "WebhookProperties[allowedHosts=" + allowedHosts + ", secrets=***, secretHosts=" + secretHosts + "]";
    }
}
