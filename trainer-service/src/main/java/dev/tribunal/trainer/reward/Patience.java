package dev.tribunal.trainer.reward;

import dev.tribunal.servicekit.error.UpstreamException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the reward service again and again until it answers: without end, so that no library's policy of retries fits, since
 * between two attempts the run says what it waits for, and hears orders.
 *
 * @param outage is told when the service stays away, and says when there is no use in asking again
 */
public record Patience(Outage outage) {

    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    /** A service that is away for no longer is not spoken of. */
    private static final Duration BLIP = Duration.ofSeconds(1);

    /** How often a pause is broken to see whether there is use in asking again. */
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

    /**
     * Blocks until the service has answered.
     *
     * @param what is asked, for people: {@code scoring with helpfulness@1}
     * @throws UpstreamException if it refuses
     */
    public <T> T ask(String what, Supplier<T> question) {
        long asked = System.nanoTime();
        for (Duration pause = FIRST_PAUSE; ; pause = doubled(pause)) {
            T answer;
            try {
                answer = question.get();
            } catch (UpstreamException refused) {
                if (!mayHelpToAskAgain(refused)) {
                    throw refused;
                }
                await(what, refused, pause, asked);
                continue;
            } catch (RuntimeException silent) {
                await(what, silent, pause, asked);
                continue;
            }
            outage.over();
            return answer;
        }
    }

    private static boolean mayHelpToAskAgain(UpstreamException refused) {
        int status = refused.code().status().value();
        return status >= 500 || status == 408 || status == 429;
    }

    private void await(String what, RuntimeException cause, Duration pause, long asked) {
        outage.stopIfPointless();
        if (System.nanoTime() - asked > BLIP.toNanos()) {
            outage.waits(what + " fails: " + cause.getMessage());
        }
        LOG.warn("{} failed, asking again in {} ms: {}", what, pause.toMillis(), cause.getMessage());
        try {
            for (long left = pause.toMillis(); left > 0; left -= LOOK.toMillis()) {
                Thread.sleep(Math.min(left, LOOK.toMillis()));
                outage.stopIfPointless();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RewardUnavailableException("interrupted while waiting for the reward service", interrupted);
        }
    }

    private static Duration doubled(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
}
