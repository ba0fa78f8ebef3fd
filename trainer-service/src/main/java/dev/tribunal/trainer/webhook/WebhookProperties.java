package dev.tribunal.trainer.webhook;

import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * {@code tribunal.trainer.webhook.*}
 *
 * @param outbound hosts that webhooks may be on, and the secrets that sign for them
 */
@ConfigurationProperties(WebhookProperties.PREFIX)
record WebhookProperties(@Name("") @DefaultValue OutboundProperties outbound) {

    static final String PREFIX = "tribunal.trainer.webhook";

    AllowedServers servers() {
        return outbound.servers("the trainer service", PREFIX);
    }
}
