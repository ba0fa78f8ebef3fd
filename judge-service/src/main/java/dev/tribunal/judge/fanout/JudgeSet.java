package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.ItemJudgement;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.PendingJudgement;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.judge.fanout.JudgeClient.Evaluation;
import dev.tribunal.judge.fanout.JudgeDirectory.Found;
import dev.tribunal.judge.fanout.VerdictCache.Known;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.servicekit.trace.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One request's judges and items, and what each judge has said of each item so far. */
final class JudgeSet {

    private final JudgementRequest request;
    private final List<Seat> seats;
    private final Deadline deadline;
    private final VerdictCache cache;
    private final Map<VerdictKey, Known> known = new HashMap<>();

    /** Judges that are being asked, by their place. */
    private final Map<Integer, PendingJudgement> asked = new ConcurrentHashMap<>();

    /** {@code [judge][item]}; a judge's row is written by the thread that asks it. */
    private final @Nullable JudgeVerdict[][] verdicts;

    JudgeSet(JudgementRequest request, List<Seat> seats, Deadline deadline, VerdictCache cache) {
        this.request = request;
        this.seats = seats;
        this.deadline = deadline;
        this.cache = cache;
        this.verdicts = new JudgeVerdict[seats.size()][request.items().size()];
    }

    /** One judge of the request, as it was found. */
    sealed interface Seat {

        /** @param keys of what the cache may know, one an item; empty if it is not to be used */
        record Taken(Found.Ready judge, Map<String, Object> parameters, List<VerdictKey> keys) implements Seat {

            JudgeClient client() {
                return judge.client();
            }
        }

        record Empty(JudgeReference judge, Found.NotActive why) implements Seat {}
    }

    List<VerdictKey> keys() {
        return seats.stream()
                .flatMap(seat -> seat instanceof Seat.Taken taken ? taken.keys().stream() : null)
                .toList();
    }

    /** What the cache knows. */
    void recall(Map<VerdictKey, Known> remembered) {
        known.putAll(remembered);
    }

    boolean isOf(String runId) {
        return request.context() != null && runId.equals(request.context().runId());
    }

    List<PendingJudgement> pending() {
        return List.copyOf(asked.values());
    }

    int judges() {
        return seats.size();
    }

    /** Asks one judge about all items. */
    void ask(int judge) {
        ask(judge, item -> true);
    }

    /**
     * Asks one judge after the other, and each only about what none before it has found violated. The order is the same
     * whenever the same judges are asked, so that a run that is resumed asks the same: rules first, then services, then
     * language models; among their likes those that promise to be quick, then as the task lists them.
     */
    void askInTurn() {
        List<Integer> order = IntStream.range(0, seats.size())
                .boxed()
                .sorted(Comparator.comparing(judge -> cost(seats.get(judge))))
                .toList();
        String[] violated = new String[request.items().size()];
        for (int judge : order) {
            ask(judge, item -> violated[item] == null);
            for (int item = 0; item < violated.length; item++) {
                JudgeVerdict verdict = verdicts[judge][item];
                if (verdict == null) {
                    verdicts[judge][item] = notAsked(seats.get(judge), violated[item]);
                } else if (verdict.verdict() == Verdict.VIOLATED) {
                    violated[item] = verdict.judge() + "@" + verdict.version();
                }
            }
        }
    }

    /** Kinds are in the order of what they cost. */
    private static Duration cost(Seat seat) {
        return switch (seat) {
            case Seat.Empty empty -> Duration.ZERO;
            case Seat.Taken taken ->
                Duration.ofDays(
                                switch (taken.judge().kind()) {
                                    case RULE -> 0;
                                    case EXTERNAL -> 1;
                                    case LLM -> 2;
                                })
                        .plus(taken.client().limits().timeout());
        };
    }

    private static JudgeVerdict notAsked(Seat seat, String violated) {
        String reason = violated + " had found it violated";
        return switch (seat) {
            case Seat.Empty(JudgeReference judge, Found.NotActive why) ->
                new JudgeVerdict(judge.name(), why.version(), Verdict.NOT_ASKED, null, reason, null, 0, 0);
            case Seat.Taken taken ->
                new JudgeVerdict(
                        taken.client().name(), taken.client().version(), Verdict.NOT_ASKED, null, reason, null, 0, 0);
        };
    }

    private void ask(int judge, IntPredicate wanted) {
        int[] items = IntStream.range(0, request.items().size()).filter(wanted).toArray();
        switch (seats.get(judge)) {
            case Seat.Empty(JudgeReference reference, Found.NotActive why) -> {
                VerdictError error = new VerdictError(why.code(), false, why.detail());
                JudgeVerdict undecided =
                        new JudgeVerdict(reference.name(), why.version(), Verdict.UNDECIDED, null, null, error, 0, 0);
                Arrays.stream(items).forEach(item -> verdicts[judge][item] = undecided);
            }
            case Seat.Taken taken -> {
                JudgeClient client = taken.client();
                asked.put(
                        judge,
                        new PendingJudgement(
                                request.requestId(), client.name(), client.version(), items.length, Instant.now()));
                try (Span span = Span.begin("judge " + client.name() + "@" + client.version())) {
                    span.tag("tribunal.breaker", client.breakerState());
                    ask(taken, items, verdicts[judge]);
                    if (span.isKept()) {
                        tell(span, items, verdicts[judge]);
                    }
                } finally {
                    asked.remove(judge);
                }
            }
        }
    }

    /** How many of each verdict, how many of them were known, and why some are undecided. */
    private static void tell(Span span, int[] items, @Nullable JudgeVerdict[] verdicts) {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        Set<String> codes = new TreeSet<>();
        int cached = 0;
        for (int item : items) {
            JudgeVerdict verdict = Objects.requireNonNull(verdicts[item]);
            counts.merge(verdict.verdict(), 1, Integer::sum);
            cached += Boolean.TRUE.equals(verdict.cached()) ? 1 : 0;
            if (verdict.error() != null) {
                codes.add(verdict.error().code());
            }
        }
        for (Verdict verdict : List.of(Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED)) {
            span.tag("tribunal.verdicts." + Words.of(verdict), counts.getOrDefault(verdict, 0));
        }
        span.tag("tribunal.verdicts.cached", cached);
        if (!codes.isEmpty()) {
            span.failed(String.join(",", codes));
        }
    }

    private void ask(Seat.Taken judge, int[] items, @Nullable JudgeVerdict[] into) {
        int[] unknown = Arrays.stream(items)
                .filter(item -> (into[item] = remembered(judge, item)) == null)
                .toArray();
        judge.client().countCached(items.length - unknown.length);
        if (unknown.length == 0) {
            return;
        }
        List<JudgeItem> asked =
                Arrays.stream(unknown).mapToObj(request.items()::get).toList();
        JudgeClient client = judge.client();
        Duration remaining = deadline.remaining();
        List<JudgeVerdict> given = client.ask(
                new Evaluation(request.requestId(), request.context(), judge.parameters(), asked),
                remaining.compareTo(client.limits().timeout()) < 0
                        ? remaining
                        : client.limits().timeout());
        Map<VerdictKey, Known> decided = new HashMap<>();
        for (int i = 0; i < unknown.length; i++) {
            JudgeVerdict verdict = given.get(i);
            into[unknown[i]] = verdict;
            if (!judge.keys().isEmpty() && isDecided(verdict)) {
                decided.put(
                        judge.keys().get(unknown[i]), new Known(verdict.verdict(), verdict.score(), verdict.reason()));
            }
        }
        cache.keep(decided);
    }

    private @Nullable JudgeVerdict remembered(Seat.Taken judge, int item) {
        Known verdict = judge.keys().isEmpty() ? null : known.get(judge.keys().get(item));
        return verdict == null
                ? null
                : new JudgeVerdict(
                        judge.client().name(),
                        judge.client().version(),
                        verdict.verdict(),
                        verdict.score(),
                        verdict.reason(),
                        null,
                        0,
                        0,
                        true);
    }

    private static boolean isDecided(JudgeVerdict verdict) {
        return switch (verdict.verdict()) {
            case SATISFIED, VIOLATED -> true;
            case UNDECIDED, NOT_ASKED -> false;
        };
    }

    /** Once all judges were asked. */
    JudgementResponse response() {
        List<ItemJudgement> judged = new ArrayList<>(request.items().size());
        for (int item = 0; item < request.items().size(); item++) {
            List<JudgeVerdict> ofItem = new ArrayList<>(seats.size());
            for (@Nullable JudgeVerdict[] ofJudge : verdicts) {
                ofItem.add(ofJudge[item]);
            }
            judged.add(new ItemJudgement(request.items().get(item).itemId(), ofItem));
        }
        return new JudgementResponse(request.requestId(), judged);
    }
}
