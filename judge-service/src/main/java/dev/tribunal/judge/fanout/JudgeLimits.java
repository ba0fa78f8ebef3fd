package dev.tribunal.judge.fanout;

import java.time.Duration;

/**
 * How a judge may be asked.
 *
 * @param timeout of one evaluation, waiting and retries included
 * @param maxBatchItems items in one request
 * @param maxInFlight requests at the same time
 * @param maxAttempts requests for one batch, the first included
 * @param backoff the first pause between attempts; later ones double it, with jitter
 */
public record JudgeLimits(Duration timeout, int maxBatchItems, int maxInFlight, int maxAttempts, Duration backoff) {

    public JudgeLimits {
        if (!timeout.isPositive() || maxBatchItems < 1 || maxInFlight < 1 || maxAttempts < 1 || backoff.isNegative()) {
            throw new IllegalArgumentException("a judge's limits must be positive");
        }
    }

    /** For a judge in this process, which fails the same way again: asked once. */
    public static JudgeLimits inProcess(Duration timeout, int maxBatchItems, int maxInFlight) {
        return new JudgeLimits(timeout, maxBatchItems, maxInFlight, 1, Duration.ZERO);
    }
}
