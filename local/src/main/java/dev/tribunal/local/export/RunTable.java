package dev.tribunal.local.export;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that was measured of a run.
 *
 * @param run that it is of
 */
public record RunTable(RunResource run, List<MetricSeries> series) {

    /** @param task absent for a metric of the whole run */
    record Value(@Nullable String task, String metric, int step, double value) {

        /** {@code TASK/METRIC}, or the metric's name alone. */
        String path() {
            return task == null ? metric : task + "/" + metric;
        }
    }

    /** Step by step. */
    NavigableMap<Integer, List<Value>> steps() {
        NavigableMap<Integer, List<Value>> steps = new TreeMap<>();
        for (MetricSeries one : series) {
            for (int i = 0; i < one.steps().size(); i++) {
                int step = one.steps().get(i);
                steps.computeIfAbsent(step, first -> new ArrayList<>())
                        .add(new Value(
                                one.task(), one.name(), step, one.values().get(i)));
            }
        }
        return steps;
    }

    private NavigableMap<Integer, Double> stepSeconds() {
        NavigableMap<Integer, Double> seconds = new TreeMap<>();
        series.stream()
                .filter(one -> one.task() == null && one.name().equals(MetricNames.STEP_SECONDS))
                .forEach(one -> {
                    for (int i = 0; i < one.steps().size(); i++) {
                        seconds.put(one.steps().get(i), one.values().get(i));
                    }
                });
        return seconds;
    }

    /**
     * When each step was, about: the run's start and the seconds of its steps. They are the same for each export, so that
     * a second one adds nothing to what the first has written.
     */
    Map<Integer, Instant> times() {
        Map<Integer, Instant> times = new TreeMap<>();
        NavigableMap<Integer, Double> seconds = stepSeconds();
        double sum = 0;
        Instant start = Objects.requireNonNullElse(run.startedAt(), run.createdAt());
        for (int step : steps().keySet()) {
            sum += seconds.getOrDefault(step, 0.0);
            times.put(step, start.plusMillis((long) (1000 * sum)));
        }
        return times;
    }
}
