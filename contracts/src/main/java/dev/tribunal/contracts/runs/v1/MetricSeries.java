package dev.tribunal.contracts.runs.v1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric over the steps.
 *
 * @param task absent for a metric of the whole run
 */
public record MetricSeries(String name, @Nullable String task, List<Point> points) {

    public record Point(int step, double value) {}
}
