package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.PendingJudgement;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.JudgeSet.Seat;
import dev.tribunal.judge.fanout.VerdictCache.Known;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.trace.Span;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks all judges of a request, at the same time or, to stop at the first violation, one after the other. What a judge
 * has said of the same completion before is not asked again. Each judge keeps its own deadline within the request's,
 * and one judge's failure is seen in its own verdicts only.
 */
@Component
public final class FanOut {

    private static final Logger log = LoggerFactory.getLogger(FanOut.class);

    private static final Duration LONGEST_DEADLINE = Duration.ofMillis(JudgementRequest.MAX_DEADLINE_MS);

    /** For the cache to answer; a slow database must not cost a judge its time. */
    private static final Duration LOOK_UP = Duration.ofSeconds(1);

    private final JudgeDirectory directory;
    private final ExecutorService threads;
    private final VerdictCache cache;
    private final MeterRegistry meters;

    /** Requests that are not answered yet. */
    private final Set<JudgeSet> underWay = ConcurrentHashMap.newKeySet();

    FanOut(JudgeDirectory directory, JudgeClient.Surroundings surroundings, VerdictCache cache) {
        this.directory = directory;
        this.threads = surroundings.threads();
        this.cache = cache;
        this.meters = surroundings.meters();
    }

    /** @throws TribunalException 422 with every mistake of the request, an unknown judge among them */
    public JudgementResponse judge(Input<JudgementRequest> input) {
        long start = System.nanoTime();
        JudgementRequest request = Objects.requireNonNull(input.value(), "its constructor refuses nothing");
        List<FieldError> facts = new ArrayList<>();
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < request.judges().size(); i++) {
            String pointer = "/judges/" + i;
            found.add(
                    input.sound(pointer + "/name") && input.sound(pointer + "/version")
                            ? find(request.judges().get(i), pointer, facts)
                            : new Found.Unknown(""));
        }
        List<FieldError> errors = input.mistakesAnd(facts);
        if (!errors.isEmpty()) {
            throw TribunalException.ofMistakes("The request", errors);
        }
        boolean inTurn = Boolean.TRUE.equals(request.shortCircuit());
        Duration spent = Duration.ofNanos(System.nanoTime() - start);
        Deadline deadline = Deadline.after(timeout(request, found, inTurn).minus(spent));
        for (int i = 0; i < found.size(); i++) {
            countIfNotActive(
                    request.judges().get(i), found.get(i), request.items().size());
        }
        JudgeSet judges = new JudgeSet(request, seats(request, found), deadline, cache);
        judges.recall(lookUp(judges.keys(), deadline));
        underWay.add(judges);
        try {
            if (inTurn) {
                judges.askInTurn();
            } else {
                askAtOnce(judges);
            }
            return judges.response();
        } finally {
            underWay.remove(judges);
        }
    }

    /** The judges that a run waits for now, the longest wait first. */
    List<PendingJudgement> pending(String runId) {
        return underWay.stream()
                .filter(judges -> judges.isOf(runId))
                .flatMap(judges -> judges.pending().stream())
                .sorted(Comparator.comparing(PendingJudgement::since))
                .toList();
    }

    /** A judge that may not judge has no client that would count for it. */
    private void countIfNotActive(JudgeReference judge, Found found, int items) {
        if (found instanceof Found.NotActive notActive) {
            Tags tags = Tags.of("judge", judge.name(), "version", notActive.version());
            meters.counter(
                            JudgeMetrics.VERDICTS,
                            tags.and("verdict", Words.of(Verdict.UNDECIDED), "code", notActive.code()))
                    .increment(items);
        }
    }

    private Found find(JudgeReference judge, String pointer, List<FieldError> errors) {
        Found found = directory.find(judge.name(), judge.version());
        switch (found) {
            case Found.Unknown unknown -> errors.add(new FieldError(pointer + "/name", unknown.detail()));
            case Found.NotActive notActive -> {}
            case Found.Ready ready -> {
                for (FieldError error : ready.client().check(judge.parameters())) {
                    errors.add(new FieldError(pointer + "/parameters" + error.pointer(), error.detail()));
                }
            }
        }
        return found;
    }

    private static List<Seat> seats(JudgementRequest request, List<Found> found) {
        VerdictKeys keys = new VerdictKeys(request.items(), request.context());
        return IntStream.range(0, found.size())
                .mapToObj(i -> seat(request.judges().get(i), found.get(i), keys))
                .toList();
    }

    private static Seat seat(JudgeReference judge, Found found, VerdictKeys keys) {
        return switch (found) {
            case Found.Unknown unknown -> throw new IllegalStateException(unknown.detail());
            case Found.NotActive notActive -> new Seat.Empty(judge, notActive);
            case Found.Ready ready -> new Seat.Taken(ready, judge.parameters(), keys.of(ready, judge.parameters()));
        };
    }

    /** As the request says; else the slowest judge may take its time, or all of them in turn. */
    private static Duration timeout(JudgementRequest request, List<Found> found, boolean inTurn) {
        if (request.deadlineMs() != null) {
            return Duration.ofMillis(request.deadlineMs());
        }
        Duration timeout = found.stream()
                .map(judge -> judge instanceof Found.Ready ready
                        ? ready.client().limits().timeout()
                        : Duration.ZERO)
                .reduce(Duration.ZERO, inTurn ? Duration::plus : FanOut::longer);
        return timeout.compareTo(LONGEST_DEADLINE) < 0 ? timeout : LONGEST_DEADLINE;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private Map<VerdictKey, Known> lookUp(List<VerdictKey> keys, Deadline deadline) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Future<Map<VerdictKey, Known>> found = threads.submit(() -> cache.find(keys));
        try {
            return found.get(deadline.orSooner(LOOK_UP).remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            found.cancel(true);
            log.warn("the verdict cache did not answer within {} ms; judges are asked instead", LOOK_UP.toMillis());
            return Map.of();
        } catch (ExecutionException e) {
            log.warn("the verdict cache failed; judges are asked instead", e.getCause());
            return Map.of();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void askAtOnce(JudgeSet judges) {
        List<Future<?>> asked = new ArrayList<>();
        Span trace = Span.current();
        for (int judge = 0; judge < judges.judges(); judge++) {
            int each = judge;
            asked.add(threads.submit(() -> trace.run(() -> {
                judges.ask(each);
                return null;
            })));
        }
        for (Future<?> one : asked) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a client must answer whatever its judge does", e.getCause());
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while judges were asked", e);
    }
}
