package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.CheckResponse.ItemProblem;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.EvaluationContext;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Health;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.judge.sdk.ItemChecks;
import dev.tribunal.judge.sdk.Judge;
import dev.tribunal.judge.sdk.conformance.AnswerReader.Reading;
import dev.tribunal.servicekit.outbound.CallFailure;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.servicekit.work.Batches;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client of one version of a judge. It lives as long as the service: its breaker remembers how the judge fared.
 *
 * <p>A batch waits for its turn (bulkhead), is refused at once if the judge has lately failed (breaker), and is
 * tried again after failures that pass, all within one deadline. Whatever happens, every item has a verdict at the
 * deadline.
 */
public final class JudgeClient {

    private static final Logger log = LoggerFactory.getLogger(JudgeClient.class);

    /** After the deadline, for threads to come home with what they have. */
    private static final Duration GRACE = Duration.ofMillis(250);

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration LONGEST_BREAK = Duration.ofMinutes(5);
    private static final VerdictError BREAKER_OPEN =
            new VerdictError("breaker_open", true, "the judge has failed too often lately");

    private static final int LAST_CALLS = 8;
    private static final int FEWEST_CALLS = 4;
    private static final float FAILED_PERCENT = 50;

    private final String name;
    private final String version;
    private final JudgeLimits limits;
    private final JudgeCall call;
    private final ParameterCheck parameterCheck;
    private final ExecutorService threads;
    private final CircuitBreaker breaker;
    private final Bulkhead bulkhead;
    private final IntervalFunction backoff;
    private final JudgeMetrics metrics;
    private final JudgeLog recent = new JudgeLog();

    private JudgeClient(
            String name,
            String version,
            JudgeLimits limits,
            JudgeCall call,
            ParameterCheck parameterCheck,
            Surroundings surroundings) {
        this.name = name;
        this.version = version;
        this.limits = limits;
        this.call = call;
        this.parameterCheck = parameterCheck;
        this.threads = surroundings.threads();
        this.breaker = breaker(name + "@" + version, surroundings.breakerPause());
        this.bulkhead = Bulkhead.of(
                name + "@" + version,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(limits.maxInFlight())
                        .maxWaitDuration(LONGEST_WAIT)
                        .build());
        this.backoff =
                IntervalFunction.ofExponentialRandomBackoff(limits.backoff().plusMillis(1), 2, 0.5);
        this.metrics = new JudgeMetrics(surroundings.meters(), name, version, breaker);
        breaker.getEventPublisher()
                .onStateTransition(event -> recent.breaker(
                        String.valueOf(event.getStateTransition()).toLowerCase(Locale.ROOT)));
    }

    /**
     * What the clients of a service share.
     *
     * @param threads one for each task, virtual
     * @param breakerPause how long a breaker stays open the first time; later times double it
     */
    public record Surroundings(ExecutorService threads, MeterRegistry meters, Duration breakerPause)
            implements AutoCloseable {

        /** Interrupts what is under way: nobody waits for a judge's deadline to stop the service. */
        @Override
        public void close() {
            threads.shutdownNow();
        }
    }

    /** A judge whose parameters only it can check. */
    public static JudgeClient to(
            String name, String version, JudgeLimits limits, JudgeCall call, Surroundings surroundings) {
        return to(name, version, limits, call, parameters -> List.of(), surroundings);
    }

    /** A judge whose parameters this service can check. */
    public static JudgeClient to(
            String name,
            String version,
            JudgeLimits limits,
            JudgeCall call,
            ParameterCheck parameterCheck,
            Surroundings surroundings) {
        return new JudgeClient(name, version, limits, call, parameterCheck, surroundings);
    }

    /** A judge of this process. */
    public static JudgeClient to(Judge judge, JudgeLimits limits, Surroundings surroundings) {
        return to(
                judge.descriptor().name(),
                judge.descriptor().version(),
                limits,
                InProcessCall.to(judge, limits.maxInFlight()),
                judge::check,
                surroundings);
    }

    private static CircuitBreaker breaker(String name, Duration pause) {
        CircuitBreaker breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(LAST_CALLS)
                        .minimumNumberOfCalls(FEWEST_CALLS)
                        .failureRateThreshold(FAILED_PERCENT)
                        // A judge that stays sick is tried less and less often.
                        .waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(pause, 2, LONGEST_BREAK))
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .maxWaitDurationInHalfOpenState(LONGEST_WAIT)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(event -> log.warn("judge {}: breaker {}", name, event.getStateTransition()));
        return breaker;
    }

    public String name() {
        return name;
    }

    public String version() {
        return version;
    }

    public JudgeLimits limits() {
        return limits;
    }

    /** What of the breaker: {@code closed}, {@code open}, {@code half_open}. */
    String breakerState() {
        return breaker.getState().name().toLowerCase(Locale.ROOT);
    }

    /** Verdicts that were known, so that the judge was not asked for them. */
    void countCached(int verdicts) {
        metrics.countCached(verdicts);
    }

    /** The client is not used any more; another of the same judge may come, with metrics of its own. */
    public void forget() {
        metrics.remove();
    }

    /** What was asked lately and what came of it, oldest first. */
    public List<JudgeLogEntry> log() {
        return recent.entries();
    }

    public Health health() {
        return metrics.health();
    }

    /** What is wrong with a task's parameters, as far as this service can know; pointers are from their root. */
    public List<FieldError> check(Map<String, Object> parameters) {
        return parameterCheck.errors(parameters);
    }

    /** The same, and asks other services where it must: for a caller that is about to begin something long. */
    public List<FieldError> checkAndAsk(Map<String, Object> parameters) {
        return parameterCheck.errorsAfterAsking(parameters);
    }

    /**
     * What one judge is asked.
     *
     * @param requestId of the whole; each batch has its own, derived from it
     */
    public record Evaluation(
            String requestId,
            @Nullable EvaluationContext context,
            Map<String, Object> parameters,
            List<JudgeItem> items) {}

    /** One verdict an item, in order, by the deadline. */
    public List<JudgeVerdict> ask(Evaluation evaluation, Duration timeout) {
        JudgeReference judge = new JudgeReference(name, version, evaluation.parameters());
        List<Batch> batches = Batch.of(judge, evaluation, limits.maxBatchItems(), Deadline.after(timeout));
        Span trace = Span.current();
        List<Future<List<JudgeVerdict>>> answers = batches.stream()
                .map(batch -> threads.submit(() -> trace.run(() -> judge(batch))))
                .toList();
        List<JudgeVerdict> verdicts = new ArrayList<>(evaluation.items().size());
        for (int i = 0; i < batches.size(); i++) {
            List<JudgeVerdict> batch = collect(answers.get(i), batches.get(i), timeout);
            metrics.record(batch);
            recent.answered(evaluation.requestId(), batch);
            verdicts.addAll(batch);
        }
        logUndecided(evaluation.requestId(), verdicts);
        return verdicts;
    }

    /**
     * Which items the judge could not judge a completion of. It waits for its turn as a batch does, and neither asks a
     * judge that has lately failed nor counts as a call to it.
     *
     * @return by the judge's deadline, whatever it does: what it did not check is said to be unchecked
     */
    public CheckResponse checkItems(Map<String, Object> parameters, List<PromptItem> items) {
        Deadline deadline = Deadline.after(limits.timeout());
        List<ItemProblem> problems = new ArrayList<>();
        String unchecked = null;
        for (List<PromptItem> part : Batches.of(items, limits.maxBatchItems())) {
            if (unchecked != null) {
                break;
            }
            CheckResponse answer =
                    checkPart(new CheckRequest(new JudgeReference(name, version, parameters), part), deadline);
            problems.addAll(answer.problems());
            unchecked = answer.unchecked();
        }
        if (unchecked != null) {
            log.warn("judge {}@{} did not check all items: {}", name, version, unchecked);
        }
        return new CheckResponse(new JudgeVersion(name, version), problems, unchecked);
    }

    private CheckResponse checkPart(CheckRequest request, Deadline deadline) {
        if (sick()) {
            return ItemChecks.unchecked(request, String.valueOf(BREAKER_OPEN.detail()));
        }
        Future<CheckResponse> answer = threads.submit(() -> {
            bulkhead.acquirePermission();
            try {
                return call.check(request, deadline);
            } finally {
                bulkhead.onComplete();
            }
        });
        try {
            return answer.get(deadline.remaining().plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return ItemChecks.unchecked(
                    request, "no answer within " + limits.timeout().toMillis() + " ms");
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CallFailure)) {
                log.error("judge {}@{} failed to check", name, version, e.getCause());
            }
            return ItemChecks.unchecked(
                    request,
                    e.getCause() instanceof CallFailure failure
                            ? failure.code() + ": " + failure.getMessage()
                            : "the check failed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ItemChecks.unchecked(request, "the service is stopping");
        } finally {
            answer.cancel(true);
        }
    }

    private void logUndecided(String requestId, List<JudgeVerdict> verdicts) {
        Map<String, Integer> codes = new TreeMap<>();
        for (JudgeVerdict verdict : verdicts) {
            if (verdict.error() != null) {
                codes.merge(verdict.error().code(), 1, Integer::sum);
            }
        }
        if (!codes.isEmpty()) {
            log.warn("judge {}@{} left items of {} undecided: {}", name, version, requestId, codes);
        }
    }

    private static VerdictError error(CallFailure failure) {
        return new VerdictError(failure.code(), failure.passing(), failure.getMessage());
    }

    private List<JudgeVerdict> collect(Future<List<JudgeVerdict>> answer, Batch batch, Duration timeout) {
        try {
            Duration limit = batch.deadline().remaining().plus(GRACE);
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return batch.undecided(error(CallFailure.timeout(timeout)));
        } catch (ExecutionException e) {
            log.error("asking judge {}@{} failed", name, version, e.getCause());
            return batch.undecided(
                    new VerdictError("judge_error", false, "asking it failed; the judge service's log says at what"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(true);
            return batch.undecided(new VerdictError("interrupted", true, "the service is stopping"));
        }
    }

    private List<JudgeVerdict> judge(Batch batch) {
        if (!bulkhead.tryAcquirePermission()) {
            return batch.undecided(new VerdictError("busy", true, "its turn did not come in time"));
        }
        try {
            return tryUntilDeadline(batch);
        } finally {
            bulkhead.onComplete();
        }
    }

    private List<JudgeVerdict> tryUntilDeadline(Batch batch) {
        if (batch.deadline().passed()) {
            return batch.undecided(new VerdictError("timeout", true, "its turn did not come in time"));
        }
        if (!breaker.tryAcquirePermission()) {
            return batch.undecided(BREAKER_OPEN);
        }
        if (breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
            threads.execute(() -> tryOut(batch));
            return batch.undecided(BREAKER_OPEN);
        }
        return countingTheOutcome(() -> attempts(batch), batch::verdicts, batch::undecided);
    }

    /**
     * Whether a judge that was sick is well again, at the expense of nobody's time: if it still hangs, a step must not
     * wait for it. The permission for the call is the breaker's only one.
     */
    private void tryOut(Batch batch) {
        countingTheOutcome(
                () -> {
                    batch.nextAttempt();
                    return call.send(batch.request(), batch.deadline());
                },
                results -> true,
                error -> {
                    log.info("judge {}@{} is still sick: {}", name, version, error);
                    return false;
                });
    }

    /** Whether the judge has lately failed, so that runs' items are not risked on it. */
    public boolean isBroken() {
        return breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    /**
     * For who looks at judges now and then: asks without counting it as a call, or as verdicts. A batch waits for its turn
     * as any other, unless the judge has lately failed; if it then answers, it is in use again. No run's call pays for
     * that, and a judge that is back need not wait until its breaker's pause is over.
     *
     * @param items that the judge can judge
     * @return one an item, in order; absent if it does not answer
     */
    public @Nullable List<Result> askAside(List<JudgeItem> items) {
        boolean broken = isBroken();
        List<Result> results = new ArrayList<>();
        for (List<JudgeItem> part : Batches.of(items, limits.maxBatchItems())) {
            Reading reading = askPartAside(part, broken);
            if (reading == null || reading.fault() != null) {
                return null;
            }
            results.addAll(reading.results());
        }
        if (broken) {
            breaker.transitionToClosedState();
        }
        return results;
    }

    private @Nullable Reading askPartAside(List<JudgeItem> items, boolean broken) {
        if (!broken) {
            bulkhead.acquirePermission();
        }
        try {
            Deadline deadline = Deadline.after(limits.timeout());
            return call.send(
                    new EvaluateRequest(
                            "jr_look",
                            limits.timeout().toMillis(),
                            null,
                            new JudgeReference(name, version, Map.of()),
                            items),
                    deadline);
        } catch (CallFailure failure) {
            log.info("judge {}@{} does not answer who looks at it: {}", name, version, failure.getMessage());
            return null;
        } finally {
            if (!broken) {
                bulkhead.onComplete();
            }
        }
    }

    private boolean sick() {
        return breaker.getState() == CircuitBreaker.State.OPEN;
    }

    @FunctionalInterface
    private interface Asking {
        Reading answer() throws CallFailure;
    }

    /** Tells the breaker how it ended: what was lost and then repeated with success is a success. */
    private <T> T countingTheOutcome(
            Asking asking, Function<List<Result>, T> answered, Function<VerdictError, T> failed) {
        long start = System.nanoTime();
        try {
            Reading reading = asking.answer();
            if (reading.fault() == null) {
                breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            } else {
                CallFailure unusable = CallFailure.lasting(reading.fault().code(), "unusable");
                breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, unusable);
            }
            return answered.apply(reading.results());
        } catch (CallFailure failure) {
            if (failure.sick()) {
                breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
            } else {
                breaker.releasePermission();
            }
            return failed.apply(error(failure));
        } catch (RuntimeException e) {
            breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
            throw e;
        }
    }

    /**
     * Again after failures that pass, as long as there is time and others do not find the judge sick. By hand, and not by
     * Spring's RetryTemplate as elsewhere: the breaker stands between the attempts. It is asked again after each pause, for
     * another batch may have opened it meanwhile, and hears of all attempts as one call.
     */
    private Reading attempts(Batch batch) throws CallFailure {
        while (true) {
            int attempt = batch.nextAttempt();
            try {
                return call.send(batch.request(), batch.deadline());
            } catch (CallFailure failure) {
                Duration pause = pause(failure, attempt);
                boolean again = failure.retryable()
                        && attempt < limits.maxAttempts()
                        && pause.compareTo(batch.deadline().remaining()) < 0;
                if (!again || !slept(pause) || batch.deadline().passed() || sick()) {
                    throw failure;
                }
            }
        }
    }

    /** At least what the judge asks for; batches that it sent away together do not come back together. */
    private Duration pause(CallFailure failure, int attempt) {
        Duration own = Duration.ofMillis(backoff.apply(attempt));
        Duration wished = failure.retryAfter();
        return wished == null ? own : wished.plus(own);
    }

    private static boolean slept(Duration pause) {
        try {
            Thread.sleep(pause);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
