package dev.tribunal.contracts.runs.v1.metric;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric over the steps, as two columns of the same length. A step at which it was not measured is not there.
 *
 * @param name as in {@code GET /v1/metrics}
 * @param task absent for a metric of the whole run
 * @param steps ascending; the same one twice where a stage ends and the next one begins with an evaluation
 * @param values one a step
 */
public record MetricSeries(String name, @Nullable String task, List<Integer> steps, List<Double> values) {}
