package dev.tribunal.trainer.queue;

import dev.tribunal.servicekit.error.DatabaseFailure;
import dev.tribunal.trainer.store.Signal;
import dev.tribunal.trainer.store.TrainerProperties;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Does what waits, one at a time, on a thread of its own. What a restart broke off goes on where it was; where the database
 * is away, what was begun stays this worker's and is claimed again once it is back.
 *
 * @param <T> what waits
 */
public abstract class QueueWorker<T> implements SmartLifecycle {

    /** How often it looks for what another process has queued. */
    protected static final Duration LOOK = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(QueueWorker.class);
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final String noun;
    private final Signal signal;
    private final String owner;
    private volatile boolean running;
    private @Nullable Thread thread;

    /** @param noun of one that waits, such as {@code generation} */
    protected QueueWorker(String noun, Signal signal, TrainerProperties properties) {
        this.noun = noun;
        this.signal = signal;
        this.owner = properties.name() + "#" + UUID.randomUUID();
    }

    /** It is this trainer's no more: cancelled, deleted, or taken over. */
    public static final class LostException extends RuntimeException {
        public LostException(String noun, String id) {
            super(noun + " " + id + " is not this trainer's any more");
        }
    }

    /** {@code NAME#INSTANCE}, under which what is worked on is leased. */
    protected final String owner() {
        return owner;
    }

    /** The oldest that waits. */
    protected abstract Optional<T> claim();

    protected abstract String id(T claimed);

    /**
     * @throws InterruptedException if the trainer shuts down
     * @throws LostException if it was taken away
     */
    protected abstract void work(T claimed) throws InterruptedException;

    /** Whether a person is to read why it failed as it is, and not as an error of the program. */
    protected abstract boolean explainsItself(RuntimeException why);

    protected abstract void fail(T claimed, String why);

    /** Puts it back, so that the next trainer goes on. */
    protected abstract void putBack(T claimed);

    @Override
    public final void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name(noun + "s").start(this::loop);
    }

    @Override
    public final void stop() {
        running = false;
        signal.send();
        Thread working = thread;
        if (working != null) {
            working.interrupt();
            try {
                working.join(FAREWELL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public final boolean isRunning() {
        return running;
    }

    private void loop() {
        while (running) {
            long heard = signal.sent();
            try {
                T next = claim().orElse(null);
                if (next != null) {
                    begin(next);
                    continue;
                }
            } catch (Throwable e) { // out of memory too: without this thread nothing that waits would be done any more
                tellOf(e);
            }
            try {
                signal.await(heard, LOOK);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void tellOf(Throwable e) {
        if (DatabaseFailure.of(e) == DatabaseFailure.UNAVAILABLE) {
            log.info("cannot look for {}s, for the database is away; trying again", noun);
        } else {
            log.error("cannot look for {}s; trying again", noun, e);
        }
    }

    private void begin(T claimed) {
        try {
            work(claimed);
            log.info("{} {} has succeeded", noun, id(claimed));
        } catch (InterruptedException leaving) {
            leave(claimed);
        } catch (LostException e) {
            log.info("{}", e.getMessage());
        } catch (RuntimeException e) {
            if (!running) { // it may have been the interruption
                leave(claimed);
            } else if (explainsItself(e)) {
                fail(claimed, String.valueOf(e.getMessage()));
            } else if (DatabaseFailure.of(e) == DatabaseFailure.UNAVAILABLE) {
                throw e;
            } else {
                failUnexpectedly(claimed, e);
            }
        } catch (Error e) {
            if (running) {
                failUnexpectedly(claimed, e);
            } else {
                leave(claimed);
            }
        }
    }

    private void failUnexpectedly(T claimed, Throwable e) {
        log.error("{} {} fails", noun, id(claimed), e);
        fail(claimed, e.getClass().getSimpleName() + ": " + e.getMessage());
    }

    /** If this cannot be written, the next start finds out by the owner's name. */
    private void leave(T claimed) {
        Thread.interrupted(); // this takes a moment only
        try {
            putBack(claimed);
            log.info("{} {} is left, since the trainer is shutting down", noun, id(claimed));
        } catch (RuntimeException e) {
            log.warn("cannot write that {} {} is left", noun, id(claimed), e);
        }
        Thread.currentThread().interrupt();
    }
}
