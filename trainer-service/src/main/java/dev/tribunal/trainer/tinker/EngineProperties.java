package dev.tribunal.trainer.tinker;

import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * {@code tribunal.trainer.engine.*}
 *
 * @param outbound hosts that engines may be on, and that their adapters may be downloaded from
 */
@ConfigurationProperties(EngineProperties.PREFIX)
record EngineProperties(@Name("") @DefaultValue OutboundProperties outbound) {

    static final String PREFIX = "tribunal.trainer.engine";

    AllowedServers servers() {
        return outbound.servers("the trainer service", PREFIX);
    }
}
