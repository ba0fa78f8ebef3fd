package dev.tribunal.judge.fanout;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Health;
import dev.tribunal.servicekit.input.Words;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.search.Search;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is counted of one judge: {@code tribunal.judge.verdicts}, {@code tribunal.judge.answers}, its breaker. */
final class JudgeMetrics {

    static final String VERDICTS = "tribunal.judge.verdicts";

    /** So that no judge can fill the metrics: the codes of a judge that are met later are counted together. */
    private static final int MAX_CODES = 64;

    private static final Pattern CODE = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final String OTHER = "other";

    private final MeterRegistry meters;
    private final Tags judge;
    private final CircuitBreaker breaker;
    private final Timer answers;
    private final Counter cached;
    private final LongAdder verdicts = new LongAdder();
    private final LongAdder undecided = new LongAdder();
    private final Set<String> codes = ConcurrentHashMap.newKeySet();

    JudgeMetrics(MeterRegistry meters, String name, String version, CircuitBreaker breaker) {
        this.meters = meters;
        this.judge = Tags.of("judge", name, "version", version);
        this.breaker = breaker;
        this.answers = Timer.builder("tribunal.judge.answers")
                .description("How long a batch's verdicts took, waiting and retries included")
                .tags(judge)
                .publishPercentiles(0.5, 0.99)
                .distributionStatisticExpiry(Duration.ofMinutes(10))
                .register(meters);
        this.cached = Counter.builder("tribunal.judge.verdicts.cached")
                .description("Verdicts that were known from before, so that the judge was not asked")
                .tags(judge)
                .register(meters);
        Gauge.builder("tribunal.judge.breaker.open", breaker, b -> "closed".equals(state(b)) ? 0 : 1)
                .description("1 while the judge is not asked, or only on trial")
                .tags(judge)
                .register(meters);
    }

    private record Outcome(Verdict verdict, String code) {}

    /** @param batch not empty */
    void record(List<JudgeVerdict> batch) {
        answers.record(Duration.ofMillis(batch.getFirst().latencyMs()));
        Map<Outcome, Integer> outcomes = new HashMap<>();
        for (JudgeVerdict verdict : batch) {
            String code = verdict.error() == null ? "none" : verdict.error().code();
            outcomes.merge(new Outcome(verdict.verdict(), code), 1, Integer::sum);
        }
        outcomes.forEach(this::count);
    }

    private void count(Outcome outcome, int times) {
        verdicts.add(times);
        if (outcome.verdict() == Verdict.UNDECIDED) {
            undecided.add(times);
        }
        String word = Words.of(outcome.verdict());
        meters.counter(VERDICTS, judge.and("verdict", word, "code", counted(outcome.code())))
                .increment(times);
    }

    /** Verdicts that were known from before. */
    void countCached(int times) {
        cached.increment(times);
    }

    /** A meter that stays would be taken for the next client's, and would go on showing this breaker. */
    void remove() {
        Search.in(meters)
                .name(name -> name.startsWith("tribunal.judge."))
                .tags(judge)
                .meters()
                .forEach(meters::remove);
    }

    Health health() {
        HistogramSnapshot snapshot = answers.takeSnapshot();
        long judged = verdicts.sum();
        return new Health(
                state(breaker),
                judged,
                judged == 0 ? 0 : (double) undecided.sum() / judged,
                percentile(snapshot, 0.5),
                percentile(snapshot, 0.99));
    }

    /** The code itself while there are not too many; a few more than that if they come at the same moment. */
    private String counted(String code) {
        if (codes.contains(code)) {
            return code;
        }
        if (codes.size() >= MAX_CODES || !CODE.matcher(code).matches()) {
            return OTHER;
        }
        codes.add(code);
        return code;
    }

    private static String state(CircuitBreaker breaker) {
        return switch (breaker.getState()) {
            case CLOSED, DISABLED, METRICS_ONLY -> "closed";
            case OPEN, FORCED_OPEN -> "open";
            case HALF_OPEN -> "half_open";
        };
    }

    private static @Nullable Double percentile(HistogramSnapshot snapshot, double percentile) {
        for (ValueAtPercentile value : snapshot.percentileValues()) {
            if (value.percentile() == percentile && snapshot.count() > 0) {
                return value.value(TimeUnit.MILLISECONDS);
            }
        }
        return null;
    }
}
