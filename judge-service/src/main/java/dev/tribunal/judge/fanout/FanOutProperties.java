package dev.tribunal.judge.fanout;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * {@code tribunal.judge.*}, as far as calls to judges go.
 *
 * @param allowedHosts hosts that judges may run on; {@code *.suffix} allows all below a suffix
 * @param maxAnswer an answer is read up to here
 * @param breakerPause how long a breaker stays open the first time
 * @param cache of verdicts
 */
@ConfigurationProperties("tribunal.judge")
record FanOutProperties(
        @DefaultValue({"localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts,
        @DefaultValue("8MB") DataSize maxAnswer,
        @DefaultValue("10s") Duration breakerPause,
        @DefaultValue Cache cache) {

    /**
     * @param maxEntries the oldest verdicts go when there are more; 0 keeps none
     * @param maxAge of a verdict
     */
    record Cache(
            @DefaultValue("1000000") int maxEntries,
            @DefaultValue("30d") Duration maxAge) {}
}
