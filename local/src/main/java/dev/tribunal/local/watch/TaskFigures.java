package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.MetricSeries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's figures after the last committed step; what the step did not measure is absent.
 *
 * @param reward mean calibrated reward
 * @param feasibleRate share of the decided rollouts, 0 to 1
 * @param kl nats a sequence
 * @param undecidedRate share of the rollouts, 0 to 1
 */
record TaskFigures(
        String task,
        @Nullable Double reward,
        @Nullable Double feasibleRate,
        @Nullable Double kl,
        @Nullable Double undecidedRate) {

    /** The metrics that {@link #of} reads. */
    static final List<String> METRICS = List.of(
            MetricNames.CALIBRATED_REWARD, MetricNames.FEASIBLE_RATE, MetricNames.KL, MetricNames.UNDECIDED_RATE);

    static TaskFigures of(String task, List<MetricSeries> series) {
        return new TaskFigures(
                task,
                last(task, MetricNames.CALIBRATED_REWARD, series),
                last(task, MetricNames.FEASIBLE_RATE, series),
                last(task, MetricNames.KL, series),
                last(task, MetricNames.UNDECIDED_RATE, series));
    }

    private static @Nullable Double last(String task, String name, List<MetricSeries> all) {
        return all.stream()
                .filter(series -> series.name().equals(name) && task.equals(series.task()))
                .filter(series -> !series.points().isEmpty())
                .map(series -> series.points().getLast().value())
                .findFirst()
                .orElse(null);
    }
}
