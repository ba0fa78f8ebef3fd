package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.trace.Span;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Asks the judge, each batch on threads of its own, so that the answer goes out by the deadline whatever the judge does:
 * what it has not decided by then is undecided. A judge that does not stop when it is interrupted keeps its thread, and
 * only so many may be kept.
 */
final class Evaluations implements AutoCloseable {

    /** Kept back of a deadline for the way back: a twentieth, and at most this. */
    private static final Duration MOST_KEPT_BACK = Duration.ofMillis(100);

    private final Judge judge;
    private final int lanes;
    private final int maxThreads;
    private final ExecutorService threads;
    private final Semaphore free;

    Evaluations(Judge judge, int maxInFlight) {
        this.judge = judge;
        this.lanes = judge instanceof ItemJudge one ? Math.max(1, one.parallelism()) : 1;
        this.maxThreads = maxInFlight * lanes;
        this.free = new Semaphore(maxThreads);
        // A computation that hangs would keep a virtual thread's carrier from all others; one that waits does not.
        this.threads = Executors.newCachedThreadPool(
                lanes > 1
                        ? Thread.ofVirtual().name("judge-", 0).factory()
                        : Thread.ofPlatform().daemon().name("judge-", 0).factory());
    }

    /** Threads that judge now. */
    int atWork() {
        return maxThreads - free.availablePermits();
    }

    /**
     * @return one result an item of an {@link ItemJudge}, in their order; else what the judge says
     * @throws TribunalException if too many threads are at work
     */
    List<Result> evaluate(List<JudgeItem> items, Map<String, Object> parameters, Duration deadline) {
        if (items.isEmpty()) {
            return List.of();
        }
        OneByOne verdicts = judge instanceof ItemJudge one ? new OneByOne(one, parameters) : null;
        int reserved = reserve(Math.min(lanes, items.size()));
        if (reserved == 0) {
            throw new TribunalException(
                    JudgeError.BUSY,
                    "As many batches are being judged as tribunal.judge.max-in-flight allows; ask again later.");
        }
        Duration twentieth = deadline.dividedBy(20);
        Deadline inTime =
                Deadline.after(deadline.minus(twentieth.compareTo(MOST_KEPT_BACK) < 0 ? twentieth : MOST_KEPT_BACK));
        try {
            return verdicts == null ? atOnce(items, parameters, inTime) : oneByOne(items, verdicts, inTime, reserved);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return undecided(items);
        }
    }

    /** Threads for as many of the wanted tasks as may still be at work. */
    private int reserve(int wanted) {
        int reserved = 0;
        while (reserved < wanted && free.tryAcquire()) {
            reserved++;
        }
        return reserved;
    }

    private List<Result> oneByOne(List<JudgeItem> items, OneByOne verdicts, Deadline deadline, int reserved)
            throws InterruptedException {
        AtomicReferenceArray<Result> results = new AtomicReferenceArray<>(items.size());
        AtomicInteger next = new AtomicInteger();
        Callable<Integer> lane = () -> {
            for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                results.set(i, verdicts.of(items.get(i), deadline));
            }
            return next.get();
        };
        List<Future<Integer>> done = run(Collections.nCopies(reserved, lane), deadline);
        for (Future<Integer> one : done) {
            rethrow(one);
        }
        return IntStream.range(0, items.size())
                .mapToObj(i -> results.get(i) == null ? late(items.get(i)) : results.get(i))
                .toList();
    }

    private List<Result> atOnce(List<JudgeItem> items, Map<String, Object> parameters, Deadline deadline)
            throws InterruptedException {
        Callable<List<Result>> whole = () -> judge.evaluate(items, parameters, deadline);
        Future<List<Result>> done = run(List.of(whole), deadline).getFirst();
        rethrow(done);
        return done.isCancelled() ? undecided(items) : done.resultNow();
    }

    private <T> List<Future<T>> run(List<Callable<T>> tasks, Deadline deadline) throws InterruptedException {
        Map<String, String> log = MDC.getCopyOfContextMap();
        Span trace = Span.current();
        List<Lent<T>> lent = tasks.stream()
                .map(task -> new Lent<T>(() -> trace.run(task::call), log))
                .toList();
        int started = 0;
        try {
            for (Lent<T> one : lent) {
                threads.execute(one);
                started++;
            }
            for (Lent<T> one : lent) {
                awaitEnd(one.result, deadline);
            }
        } finally {
            free.release(lent.size() - started);
            lent.forEach(one -> one.result.cancel(true));
        }
        return lent.stream().<Future<T>>map(one -> one.result).toList();
    }

    /**
     * A task on a reserved thread. It gives it back when it has really ended, not when it is given up, and before
     * a caller sees its result and asks again.
     */
    private final class Lent<T> implements Runnable {

        private final FutureTask<T> result;
        private boolean begun;

        Lent(Callable<T> task, @Nullable Map<String, String> log) {
            this.result = new FutureTask<>(() -> {
                begun = true;
                MDC.setContextMap(log == null ? Map.of() : log);
                try {
                    return task.call();
                } finally {
                    MDC.clear();
                    free.release();
                }
            });
        }

        @Override
        public void run() {
            result.run();
            if (!begun) {
                free.release();
            }
        }
    }

    private static void awaitEnd(Future<?> future, Deadline deadline) throws InterruptedException {
        try {
            future.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return; // the future says so itself
        }
    }

    private static void rethrow(Future<?> done) throws InterruptedException {
        try {
            done.get();
        } catch (CancellationException late) {
            return;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            throw new IllegalStateException(
                    "the judge failed: " + cause.getClass().getName(), cause);
        }
    }

    private static List<Result> undecided(List<JudgeItem> items) {
        return items.stream().map(Evaluations::late).toList();
    }

    private static Result late(JudgeItem item) {
        return Result.undecided(item.itemId(), new VerdictError("timeout", true, "its turn came too late"));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
