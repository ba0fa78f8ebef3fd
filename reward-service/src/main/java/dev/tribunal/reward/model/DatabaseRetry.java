package dev.tribunal.reward.model;

import dev.tribunal.servicekit.error.DatabaseFailure;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;

/**
 * Asks the database until it answers: work in the background whose end is not written would be at work for ever.
 *
 * @param stopping whether the service stops, and its work begins anew at the next start
 */
public record DatabaseRetry(BooleanSupplier stopping) {

    private static final Logger log = LoggerFactory.getLogger(DatabaseRetry.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A deadlock's victim is free to try again; so often in a row is no coincidence. */
    private static final int ROLLBACKS = 20;

    /**
     * @param access is done again as a whole
     * @throws CancellationException if the service stops before the database answers
     */
    public <T> T untilAnswered(Supplier<T> access) {
        int rollbacks = 0;
        while (true) {
            try {
                return access.get();
            } catch (RuntimeException e) {
                boolean rolledBack = e instanceof ConcurrencyFailureException && ++rollbacks <= ROLLBACKS;
                if (!rolledBack && DatabaseFailure.of(e) != DatabaseFailure.UNAVAILABLE) {
                    throw e;
                }
                if (stopping.getAsBoolean()) {
                    throw (CancellationException)
                            new CancellationException("the database does not answer, and the service stops")
                                    .initCause(e);
                }
                log.warn("the database does not answer, or rolled back for another's sake; trying again", e);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
