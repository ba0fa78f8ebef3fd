package dev.tribunal.trainer.alarm;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The metrics that alarms look at, of one stage: of its steps and of its evaluations, in the order of their commits. */
public final class MetricHistory {

    private static final String HELD_OUT = "heldOut.";
    private static final Set<String> NAMES = Set.of(
            MetricNames.SCORE,
            MetricNames.REWARD,
            MetricNames.CALIBRATED_REWARD,
            MetricNames.FEASIBLE_RATE,
            MetricNames.UNDECIDED_RATE,
            MetricNames.TRUNCATED_RATE,
            MetricNames.EMPTY_RATE,
            MetricNames.COMPLETION_TOKENS,
            MetricNames.KL,
            MetricNames.ENTROPY,
            MetricNames.GRADIENT_NORM,
            MetricNames.GROUPS_SAMPLED,
            MetricNames.GROUPS_KEPT);
    private static final List<String> PREFIXES = List.of(
            HELD_OUT,
            MetricNames.GROUPS_LEFT + ".",
            MetricNames.VIOLATION_RATE + ".",
            MetricNames.UNDECIDED_VERDICT_RATE + ".");

    private final String stage;
    private final List<Point> steps;
    private final List<Point> evaluations;

    private record Series(String name, @Nullable String task) {}

    /** A commit's metrics. */
    record Point(int step, Map<Series, Double> values) {

        @Nullable
        Double value(String name, @Nullable String task) {
            return values.get(new Series(name, task));
        }

        /** Those whose names begin with a prefix, by what comes after it. */
        SortedMap<String, Double> beginningWith(String prefix, String task) {
            SortedMap<String, Double> found = new TreeMap<>();
            values.forEach((series, value) -> {
                if (series.name().startsWith(prefix) && task.equals(series.task())) {
                    found.put(series.name().substring(prefix.length()), value);
                }
            });
            return found;
        }
    }

    private MetricHistory(String stage, List<Point> steps, List<Point> evaluations) {
        this.stage = stage;
        this.steps = steps;
        this.evaluations = evaluations;
    }

    /** Of a stage that begins. */
    public static MetricHistory of(String stage) {
        return new MetricHistory(stage, List.of(), List.of());
    }

    public String stage() {
        return stage;
    }

    /** With one commit more. */
    public MetricHistory plus(int step, Kind kind, List<Metric> metrics) {
        Map<Series, Double> values = new HashMap<>();
        for (Metric metric : metrics) {
            if (isLookedAt(metric.name()) && Double.isFinite(metric.value())) {
                values.put(new Series(metric.name(), metric.task()), metric.value());
            }
        }
        Point point = new Point(step, values);
        return switch (kind) {
            case TRAINING -> new MetricHistory(stage, with(steps, point), evaluations);
            case EVALUATION -> new MetricHistory(stage, steps, with(evaluations, point));
        };
    }

    private static boolean isLookedAt(String name) {
        return NAMES.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static List<Point> with(List<Point> points, Point one) {
        List<Point> all = new ArrayList<>(points);
        all.add(one);
        return all;
    }

    /** The latest step; 0 before the stage's first. */
    int step() {
        return steps.isEmpty() ? 0 : steps.getLast().step();
    }

    List<Point> steps() {
        return steps;
    }

    List<Point> evaluations() {
        return evaluations;
    }

    /** The latest {@code count} steps; none if there are fewer. */
    List<Point> latest(int count) {
        return steps.size() < count ? List.of() : steps.subList(steps.size() - count, steps.size());
    }

    /** One a point; none if one of them has no value. */
    static double[] values(List<Point> points, String name, @Nullable String task) {
        double[] values = new double[points.size()];
        for (int i = 0; i < values.length; i++) {
            Double value = points.get(i).value(name, task);
            if (value == null) {
                return new double[0];
            }
            values[i] = value;
        }
        return values;
    }

    /** Absent if one of the points has no value, or there is none. */
    static @Nullable Double mean(List<Point> points, String name, @Nullable String task) {
        double[] values = values(points, name, task);
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return values.length == 0 ? null : sum / values.length;
    }

    /** The suffix under which the mean of the points that have it is the highest, for example a judge's name. */
    static @Nullable String highest(List<Point> points, String prefix, String task) {
        Map<String, double[]> sums = new TreeMap<>();
        for (Point point : points) {
            point.beginningWith(prefix, task).forEach((suffix, value) -> {
                double[] sum = sums.computeIfAbsent(suffix, first -> new double[2]);
                sum[0] += value;
                sum[1]++;
            });
        }
        String highest = null;
        double most = 0;
        for (Map.Entry<String, double[]> one : sums.entrySet()) {
            double mean = one.getValue()[0] / one.getValue()[1];
            if (mean > most) {
                most = mean;
                highest = one.getKey();
            }
        }
        return highest;
    }
}
