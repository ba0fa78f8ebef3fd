package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.trainer.comparison.ComparisonStore.MetricOfTask;
import dev.tribunal.trainer.comparison.ComparisonStore.Values;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One run of a comparison.
 *
 * @param series of the metrics that are asked for
 * @param after by prompt, what the last evaluation measured; nothing before the run has succeeded
 * @param before likewise the first evaluation, where there was another one
 * @param samples completions that training sampled
 */
record MeasuredRun(
        RunResource resource,
        long seed,
        RunSpec spec,
        List<MetricSeries> series,
        Map<MetricOfTask, Map<Integer, Values>> after,
        Map<MetricOfTask, Map<Integer, Values>> before,
        long samples) {

    boolean succeeded() {
        return resource.state() == RunState.SUCCEEDED;
    }

    Optional<MetricSeries> series(String metric, String task) {
        return series.stream()
                .filter(one -> one.name().equals(metric) && Objects.equals(one.task(), task))
                .findFirst();
    }

    /** The digest of the file that a task's held-out prompts were of at last; absent if it has none. */
    @Nullable
    String heldOutPrompts(String task) {
        return spec.allStages().reversed().stream()
                .flatMap(stage -> stage.tasks().stream())
                .filter(one -> one.name().equals(task))
                .map(one -> one.prompts().heldOutDigest())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
