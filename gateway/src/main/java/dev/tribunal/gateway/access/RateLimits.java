package dev.tribunal.gateway.access;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many requests a caller may send in a second. Callers that were silent for longest are forgotten beyond a number. */
final class RateLimits {

    /** Until a caller may try again. */
    static final Duration PERIOD = Duration.ofSeconds(1);

    private final int common;
    private final Map<String, RateLimiter> limiters;

    /**
     * @param common requests a second of a caller who has no limit of its own
     * @param most callers that are remembered
     */
    RateLimits(int common, int most) {
        this.common = common;
        this.limiters = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, RateLimiter> eldest) {
                return size() > most;
            }
        };
    }

    /** Whether a request of a caller is within its limit, which it counts against. */
    boolean allow(Identity identity) {
        int limit = identity.requestsPerSecond() == null ? common : identity.requestsPerSecond();
        return limiter(identity.name(), limit).acquirePermission();
    }

    private synchronized RateLimiter limiter(String name, int limit) {
        return limiters.compute(
                name,
                (key, known) -> known != null && known.getRateLimiterConfig().getLimitForPeriod() == limit
                        ? known
                        : RateLimiter.of(
                                key,
                                RateLimiterConfig.custom()
                                        .limitForPeriod(limit)
                                        .limitRefreshPeriod(PERIOD)
                                        .timeoutDuration(Duration.ZERO)
                                        .build()));
    }

    synchronized int remembered() {
        return limiters.size();
    }
}
