package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.servicekit.input.Words;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** What a judge's service counts: evaluations, how long they take, their items by verdict, and what is in flight. */
final class JudgeMetrics {

    private final Map<Verdict, Counter> items = new EnumMap<>(Verdict.class);
    private final Timer evaluations;

    /** @param inFlight threads that judge now */
    JudgeMetrics(MeterRegistry meters, JudgeDescriptor judge, Supplier<Number> inFlight) {
        Tags tags = Tags.of("judge", judge.name(), "version", judge.version());
        for (Verdict verdict : List.of(Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED)) {
            items.put(
                    verdict,
                    Counter.builder("tribunal.judge.items")
                            .description("Items by verdict")
                            .tags(tags.and("verdict", Words.of(verdict)))
                            .register(meters));
        }
        evaluations = Timer.builder("tribunal.judge.evaluations")
                .description("Requests that were judged, and how long it took")
                .publishPercentileHistogram()
                .maximumExpectedValue(Duration.ofMinutes(2))
                .tags(tags)
                .register(meters);
        Gauge.builder("tribunal.judge.in.flight", inFlight)
                .description("Threads that judge now, those included that overran their deadline")
                .tags(tags)
                .register(meters);
    }

    void record(List<Result> results, Duration took) {
        evaluations.record(took);
        results.stream()
                .map(result -> items.get(result.verdict()))
                .filter(Objects::nonNull)
                .forEach(Counter::increment);
    }
}
