package dev.tribunal.servicekit.work;

import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.trace.Span;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A few platform threads that compute for requests, and a short queue before them. A request waits for its work; when
 * its time is up, or when the thread that waits is interrupted, the work is interrupted and forgotten.
 */
public final class WorkPool implements AutoCloseable {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final String name;
    private final ThreadPoolExecutor threads;

    /**
     * @param name of the work, for threads and messages: {@code checks of run specs}
     * @param threads that compute at the same time
     * @param waiting how many calls may wait for a thread
     */
    public WorkPool(String name, int threads, int waiting) {
        this.name = name;
        this.threads = new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                Thread.ofPlatform().daemon().name(name + " ", 1).factory());
    }

    /** Half of the processors, so that the other half is left for HTTP; at least one. */
    public static int halfOfProcessors() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    /**
     * Does the work on one of the pool's threads and waits for it.
     *
     * @param longest from now to the result, the wait for a thread included
     * @param work must stop soon after its thread is interrupted: until then it keeps the thread
     * @return what {@code work} returns; what it throws is thrown
     * @throws BusyException (429) if too many calls wait already
     * @throws TribunalException (503) if the time is up
     * @throws CancellationException if the calling thread is interrupted, which it still is afterwards
     */
    public <T extends @Nullable Object> T call(Duration longest, Supplier<T> work) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        Caller caller = Caller.current();
        Span span = Span.current();
        FutureTask<T> task = new FutureTask<>(() -> inContext(context, () -> caller.run(() -> span.run(work::get))));
        try {
            threads.execute(task);
        } catch (RejectedExecutionException full) {
            throw new BusyException(
                    "Too many " + name + " are waiting already; try again in " + RETRY_AFTER.toSeconds() + " s.",
                    RETRY_AFTER);
        }
        try {
            return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException thrown) {
            throw unchecked(Objects.requireNonNull(thrown.getCause(), "what the work threw"));
        } catch (TimeoutException late) {
            forget(task);
            throw new TribunalException(
                    CommonError.WORK_TIMEOUT,
                    "This is one of the " + name + ", which may take " + longest.toSeconds()
                            + " s; it took longer and was stopped. Ask for less at a time, or try again when the"
                            + " service has less to do.");
        } catch (InterruptedException stopped) {
            forget(task);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for one of the " + name);
        }
    }

    /** Calls that wait for a thread. */
    public int waiting() {
        return threads.getQueue().size();
    }

    @Override
    public void close() {
        threads.shutdownNow().forEach(task -> ((FutureTask<?>) task).cancel(true));
        try {
            threads.awaitTermination(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void forget(FutureTask<?> task) {
        task.cancel(true);
        threads.remove(task);
    }

    /** Under the request's id in the log. */
    private static <T extends @Nullable Object> T inContext(@Nullable Map<String, String> context, Supplier<T> work) {
        if (context != null) {
            MDC.setContextMap(context);
        }
        try {
            return work.get();
        } finally {
            MDC.clear();
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> new IllegalStateException(thrown);
        };
    }
}
