package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Committed steps, timed: {@code tribunal.steps}; and their verdicts, counted: {@code tribunal.task.verdicts}, and of each
 * two judges of a task {@code tribunal.task.agreements}, over the completions that both decided. Causes and latencies are
 * counted where the judges are asked.
 */
@Component
final class StepMeters {

    /** Specs name their tasks as they like: the first so many are counted, so that no spec can fill the metrics. */
    private static final int TASKS = 500;

    private static final String VERDICTS = "tribunal.task.verdicts";
    private static final String AGREEMENTS = "tribunal.task.agreements";

    private final MeterRegistry meters;
    private final Timer steps;

    StepMeters(MeterRegistry meters) {
        this.meters = meters;
        this.steps = Timer.builder("tribunal.steps")
                .description("How long committed steps took, without storing them")
                .register(meters);
        for (String name : List.of(VERDICTS, AGREEMENTS)) {
            meters.config().meterFilter(MeterFilter.maximumAllowableTags(name, "task", TASKS, MeterFilter.deny()));
        }
    }

    void count(StepRecord step) {
        step.metrics().stream()
                .filter(metric -> metric.name().equals(MetricNames.STEP_SECONDS))
                .forEach(metric -> steps.record(Duration.ofNanos((long) (metric.value() * 1e9))));
        count(step.episodes());
    }

    private void count(List<EpisodeResource> episodes) {
        for (EpisodeResource episode : episodes) {
            Tags task = Tags.of("task", episode.task(), "split", Words.of(episode.split()));
            List<JudgeVerdict> verdicts = episode.verdicts();
            for (int i = 0; i < verdicts.size(); i++) {
                JudgeVerdict one = verdicts.get(i);
                Tags judge = task.and("judge", one.judge(), "version", one.version());
                meters.counter(VERDICTS, judge.and("verdict", Words.of(one.verdict())))
                        .increment();
                for (int k = 0; k < verdicts.size(); k++) {
                    JudgeVerdict other = verdicts.get(k);
                    if (k != i && decided(one) && decided(other)) {
                        String same = String.valueOf(one.verdict() == other.verdict());
                        meters.counter(AGREEMENTS, judge.and("other", other.judge(), "same", same))
                                .increment();
                    }
                }
            }
        }
    }

    private static boolean decided(JudgeVerdict verdict) {
        return switch (verdict.verdict()) {
            case SATISFIED, VIOLATED -> true;
            case UNDECIDED, NOT_ASKED -> false;
        };
    }
}
