package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.metric.MetricColumns;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that was measured of a run, however many answers it takes. */
public final class RunMetrics {

    private RunMetrics() {}

    /**
     * @param names all if absent
     * @param task all if absent
     */
    public static List<MetricSeries> of(
            RunsApi runs, String runId, @Nullable List<String> names, @Nullable String task) {
        Map<List<@Nullable String>, MetricSeries> all = new LinkedHashMap<>();
        String cursor = null;
        MetricColumns columns;
        do {
            columns = runs.metrics(runId, cursor, names, task, null);
            if (columns.reset()) {
                all.clear();
            }
            for (MetricSeries more : columns.series()) {
                all.merge(key(more), more, RunMetrics::joined);
            }
            cursor = columns.cursor();
        } while (columns.hasMore());
        return List.copyOf(all.values());
    }

    private static List<@Nullable String> key(MetricSeries series) {
        List<@Nullable String> key = new ArrayList<>();
        key.add(series.task());
        key.add(series.name());
        return key;
    }

    private static MetricSeries joined(MetricSeries first, MetricSeries more) {
        return new MetricSeries(
                first.name(), first.task(), joined(first.steps(), more.steps()), joined(first.values(), more.values()));
    }

    private static <T> List<T> joined(List<T> first, List<T> more) {
        List<T> all = new ArrayList<>(first);
        all.addAll(more);
        return all;
    }
}
