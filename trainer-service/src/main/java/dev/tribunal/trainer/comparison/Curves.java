package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Curve;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.methods.statistics.SeededMeans;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A metric over the steps: the mean over the seeds, and its interval. */
final class Curves {

    private Curves() {}

    /**
     * By task, the mean over the tasks first where there are several, then by arm. A metric of whole runs is one of no task.
     *
     * @param maxPoints at least 2
     */
    static List<Curve> of(String metric, Map<String, List<MeasuredRun>> arms, List<String> tasks, int maxPoints) {
        List<String> having = tasks.stream()
                .filter(task -> arms.values().stream()
                        .flatMap(List::stream)
                        .anyMatch(run -> run.series(metric, task).isPresent()))
                .toList();
        List<Curve> curves = new ArrayList<>();
        if (having.size() != 1) {
            arms.forEach((arm, runs) -> add(
                    curves,
                    metric,
                    null,
                    arm,
                    runs.stream().map(run -> ofTasks(run, metric, having)).toList(),
                    maxPoints));
        }
        for (String task : having) {
            arms.forEach((arm, runs) -> add(
                    curves,
                    metric,
                    task,
                    arm,
                    runs.stream()
                            .map(run ->
                                    run.series(metric, task).map(Curves::byStep).orElse(Map.of()))
                            .toList(),
                    maxPoints));
        }
        return curves;
    }

    /** The mean of a run's tasks at the steps at which all of them that it has are measured; or what is of no task. */
    private static Map<Integer, Double> ofTasks(MeasuredRun run, String metric, List<String> having) {
        List<Map<Integer, Double>> each = having.isEmpty()
                ? run.series().stream()
                        .filter(series -> series.name().equals(metric) && series.task() == null)
                        .map(Curves::byStep)
                        .toList()
                : having.stream()
                        .flatMap(task -> run.series(metric, task).stream())
                        .map(Curves::byStep)
                        .toList();
        Map<Integer, Double> means = new TreeMap<>();
        if (!each.isEmpty()) {
            each.getFirst().keySet().stream()
                    .filter(step -> each.stream().allMatch(one -> one.containsKey(step)))
                    .forEach(step -> means.put(
                            step,
                            each.stream()
                                    .mapToDouble(one -> Objects.requireNonNull(one.get(step)))
                                    .average()
                                    .orElseThrow()));
        }
        return means;
    }

    /** Of two values of a step, where a stage ends and the next one begins, the later. */
    private static Map<Integer, Double> byStep(MetricSeries series) {
        Map<Integer, Double> values = new TreeMap<>();
        for (int i = 0; i < series.steps().size(); i++) {
            values.put(series.steps().get(i), series.values().get(i));
        }
        return values;
    }

    private static void add(
            List<Curve> curves,
            String metric,
            @Nullable String task,
            String arm,
            List<Map<Integer, Double>> runs,
            int maxPoints) {
        List<Integer> steps = thinned(
                runs.stream()
                        .flatMap(run -> run.keySet().stream())
                        .distinct()
                        .sorted()
                        .toList(),
                maxPoints);
        if (steps.isEmpty()) {
            return;
        }
        List<Double> means = new ArrayList<>();
        List<Double> low = new ArrayList<>();
        List<Double> high = new ArrayList<>();
        List<Integer> seeds = new ArrayList<>();
        for (int step : steps) {
            double[] values = runs.stream()
                    .map(run -> run.get(step))
                    .filter(Objects::nonNull)
                    .mapToDouble(value -> value)
                    .toArray();
            Estimate mean = SeededMeans.ofSeeds(values);
            means.add(mean.value());
            low.add(mean.low());
            high.add(mean.high());
            seeds.add(values.length);
        }
        curves.add(new Curve(metric, task, arm, steps, means, low, high, seeds));
    }

    /** Evenly, and with both ends. */
    static List<Integer> thinned(List<Integer> steps, int most) {
        if (steps.size() <= most) {
            return steps;
        }
        return IntStream.range(0, most)
                .mapToObj(i -> steps.get((int) Math.round((double) i * (steps.size() - 1) / (most - 1))))
                .toList();
    }
}
