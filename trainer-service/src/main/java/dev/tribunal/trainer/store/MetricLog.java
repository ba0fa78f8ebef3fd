package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.MetricSeries;
import dev.tribunal.contracts.runs.v1.MetricSeries.Point;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The metrics of runs over their steps. */
@Component
public class MetricLog {

    /** Of each series of n points, numbered from 1: the first, the last, and where a new one of max-1 parts begins. */
    private static final String SERIES = """
            select name, task, step, value from (
                select *, row_number() over series - 1 as i,
                       count(*) over (partition by name, task) - 1 as last
                from trainer.metrics
                where run_id = :run and step >= :fromStep
                  and (cast(:task as text) is null or task = :task)
                  and (cast(:names as text[]) is null or name = any (:names))
                window series as (partition by name, task order by step, kind)
            ) numbered
            where last < :max or i = 0
               or i * (:max - 1) / nullif(last, 0) <> (i - 1) * (:max - 1) / nullif(last, 0)
            order by task, name, i""";

    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    MetricLog(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
    }

    /** Inside the step's transaction. A value that is not finite has no place in a series and is left out. */
    public void append(String runId, StepRecord step) {
        jdbc.batchUpdate(
                "insert into trainer.metrics (run_id, name, task, stage, kind, step, value)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                step.metrics().stream()
                        .filter(metric -> Double.isFinite(metric.value()))
                        .map(metric -> new Object[] {
                            runId,
                            metric.name(),
                            taskColumn(metric),
                            step.stage(),
                            Words.of(step.kind()),
                            step.step(),
                            metric.value()
                        })
                        .toList());
    }

    /**
     * @param names all if empty
     * @param maxPoints at least 2
     */
    public List<MetricSeries> series(
            String runId, List<String> names, @Nullable String task, int fromStep, int maxPoints) {
        Map<MetricSeries, List<Point>> series = new LinkedHashMap<>();
        client.sql(SERIES)
                .param("run", runId)
                .param("fromStep", fromStep)
                .param("task", task)
                .param("names", names.isEmpty() ? null : names.toArray(String[]::new))
                .param("max", maxPoints)
                .query(row -> {
                    String taskName = row.getString("task");
                    series.computeIfAbsent(
                                    new MetricSeries(
                                            row.getString("name"), taskName.isEmpty() ? null : taskName, List.of()),
                                    key -> new ArrayList<>())
                            .add(new Point(row.getInt("step"), row.getDouble("value")));
                });
        return series.entrySet().stream()
                .map(entry ->
                        new MetricSeries(entry.getKey().name(), entry.getKey().task(), entry.getValue()))
                .toList();
    }

    private static String taskColumn(Metric metric) {
        return metric.task() == null ? "" : metric.task();
    }
}
