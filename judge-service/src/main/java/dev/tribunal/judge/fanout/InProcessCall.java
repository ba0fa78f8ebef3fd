package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.trace.Span;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is worked out in this process, on a few threads of its own so that it cannot outstay its deadline. They are not
 * virtual: those share one thread for each processor and give it back only when they wait, so that a task that computes for
 * long would keep all other judges from being asked. Of these the system takes the processor away.
 */
public final class InProcessCall implements JudgeCall {

    private static final Logger log = LoggerFactory.getLogger(InProcessCall.class);

    /** After the deadline, for who watches it to come home with what there is: less than the client waits. */
    private static final Duration GRACE = Duration.ofMillis(100);

    private static final long IDLE_SECONDS = 10;

    private final String name;
    private final JudgeCall work;
    private final ThreadPoolExecutor threads;

    private InProcessCall(String name, JudgeCall work, int atOnce) {
        this.name = name;
        this.work = work;
        this.threads = new ThreadPoolExecutor(
                atOnce,
                atOnce,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // who waits in it leaves it at the deadline
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** @param atOnce how many requests are worked on at the same time */
    static InProcessCall to(Judge judge, int atOnce) {
        return to(
                judge.descriptor().name(),
                new JudgeCall() {
                    @Override
                    public Reading send(EvaluateRequest request, Deadline deadline) {
                        return new Reading(
                                judge.evaluate(request.items(), request.judge().parameters(), deadline), null);
                    }

                    @Override
                    public CheckResponse check(CheckRequest request, Deadline deadline) {
                        return ItemChecks.run(
                                judge.checkItemWith(request.judge().parameters()), request, deadline);
                    }
                },
                atOnce);
    }

    /**
     * @param name of the threads
     * @param work that may take long without waiting
     * @param atOnce how many requests are worked on at the same time
     */
    public static InProcessCall to(String name, JudgeCall work, int atOnce) {
        return new InProcessCall(name, work, atOnce);
    }

    @Override
    public Reading send(EvaluateRequest request, Deadline deadline) throws CallFailure {
        return onThread(() -> work.send(request, deadline), deadline);
    }

    @Override
    public CheckResponse check(CheckRequest request, Deadline deadline) throws CallFailure {
        return onThread(() -> work.check(request, deadline), deadline);
    }

    private <T> T onThread(Callable<T> task, Deadline deadline) throws CallFailure {
        Duration limit = deadline.remaining();
        Span trace = Span.current();
        FutureTask<T> answer = new FutureTask<>(() -> trace.run(task::call));
        threads.execute(answer);
        try {
            return answer.get(limit.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw CallFailure.timeout(limit);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CallFailure failure) {
                throw failure;
            }
            log.error("judge {} failed", name, e.getCause());
            throw CallFailure.lasting("judge_error", "the judge failed; the judge service's log says at what");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CallFailure.timeout(limit);
        } finally {
            answer.cancel(true);
            threads.remove(answer);
        }
    }
}
