package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import java.util.ArrayList;
import java.util.List;

/** Fewer points of a series that look like all of them: a peak is never thinned away. */
final class Thinning {

    private Thinning() {}

    /**
     * The first and the last point, and the least and the greatest value of each of equal parts of what is between them.
     *
     * @param maxPoints at least 4
     */
    static MetricSeries of(MetricSeries series, int maxPoints) {
        int size = series.steps().size();
        if (size <= maxPoints) {
            return series;
        }
        List<Integer> kept = new ArrayList<>(maxPoints);
        kept.add(0);
        int parts = (maxPoints - 2) / 2;
        for (int part = 0; part < parts; part++) {
            int from = 1 + (int) ((long) (size - 2) * part / parts);
            int to = 1 + (int) ((long) (size - 2) * (part + 1) / parts);
            addExtremes(series.values(), from, to, kept);
        }
        kept.add(size - 1);
        return new MetricSeries(
                series.name(),
                series.task(),
                kept.stream().map(series.steps()::get).toList(),
                kept.stream().map(series.values()::get).toList());
    }

    private static void addExtremes(List<Double> values, int from, int to, List<Integer> kept) {
        int least = from;
        int most = from;
        for (int i = from + 1; i < to; i++) {
            least = values.get(i) < values.get(least) ? i : least;
            most = values.get(i) > values.get(most) ? i : most;
        }
        kept.add(Math.min(least, most));
        if (least != most) {
            kept.add(Math.max(least, most));
        }
    }
}
