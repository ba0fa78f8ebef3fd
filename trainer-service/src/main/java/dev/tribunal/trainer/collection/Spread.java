package dev.tribunal.trainer.collection;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.util.Arrays;
import java.util.List;

/** A metric's mean over rollouts, and how their values spread around it. */
public final class Spread {

    private Spread() {}

    /** Nothing for no values; no standard deviation for one. */
    public static void add(List<Metric> metrics, String name, String task, double[] values) {
        if (values.length == 0) {
            return;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double mean = Arrays.stream(values).average().orElseThrow();
        metrics.add(new Metric(name, task, mean));
        if (values.length > 1) {
            double squares = Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            metrics.add(new Metric(name + MetricNames.STD, task, Math.sqrt(squares / (values.length - 1))));
        }
        metrics.add(new Metric(name + MetricNames.MIN, task, sorted[0]));
        metrics.add(new Metric(name + MetricNames.P10, task, quantile(sorted, 0.1)));
        metrics.add(new Metric(name + MetricNames.P90, task, quantile(sorted, 0.9)));
        metrics.add(new Metric(name + MetricNames.MAX, task, sorted[sorted.length - 1]));
    }

    /** The nearest rank: the least value that this share is at or below. */
    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
