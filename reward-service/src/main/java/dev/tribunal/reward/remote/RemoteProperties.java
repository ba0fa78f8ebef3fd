package dev.tribunal.reward.remote;

import dev.tribunal.servicekit.outbound.AllowedServers;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.reward.remote.*}
 *
 * @param outbound hosts that reward models may run on, and their secrets
 * @param maxAnswer an answer is read up to here
 */
@ConfigurationProperties(RemoteProperties.PREFIX)
record RemoteProperties(
        @Name("") @DefaultValue OutboundProperties outbound,
        @DefaultValue("8MB") DataSize maxAnswer) {

    static final String PREFIX = "tribunal.reward.remote";

    AllowedServers servers() {
        return outbound.servers("the reward service", PREFIX);
    }
}
