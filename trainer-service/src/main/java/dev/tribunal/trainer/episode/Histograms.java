package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.runs.v1.metric.HistogramResource;
import dev.tribunal.contracts.runs.v1.metric.HistogramResource.Part;
import dev.tribunal.contracts.runs.v1.metric.HistogramResource.Value;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the values of stored rollouts, by task, part of the steps and bin. */
@Component
public class Histograms {

    private static final String COUNTS = """
            with stored as (
                select task, step, VALUE as value from trainer.episodes
                where run_id = :run and split = :split and sample >= 0
                  and (cast(:task as text) is null or task = :task)),
            range as (
                select task, min(value) as low, max(value) as high, min(step) as first, max(step) - min(step) + 1 as steps
                from stored where value is not null group by task),
            placed as (
                select task, low, high, step, (step - first)::bigint * least(:points, steps) / steps as part,
                       case when high > low then least(width_bucket(value, low, high, :bins), :bins) else 1 end as bin
                from stored join range using (task) where value is not null)
            select task, low, high, bin, min(step) over (partition by task, part) as from_step,
                   max(step) over (partition by task, part) as to_step, rollouts
            from (select task, low, high, part, bin, step, count(*) as rollouts
                  from placed group by task, low, high, part, bin, step) as counted
            order by task, from_step, bin""";

    private static final Map<Value, String> COLUMNS = Map.of(
            Value.SCORE, "score",
            Value.REWARD, "reward",
            Value.CALIBRATED_REWARD, "calibrated_reward",
            Value.REGULARIZED_REWARD, "regularized_reward",
            Value.LOG_RATIO, "log_ratio",
            Value.WEIGHT, "weight",
            Value.COMPLETION_TOKENS, "cast(cardinality(token_ids) as double precision)");

    private final JdbcClient client;

    Histograms(JdbcClient client) {
        this.client = client;
    }

    private record Axis(double low, double high) {}

    private record Steps(int from, int to) {}

    /**
     * By task in the order of their names.
     *
     * @param points most parts of the steps
     */
    public List<HistogramResource> of(
            String runId, Value value, @Nullable String task, Split split, int bins, int points) {
        Map<String, Axis> axes = new LinkedHashMap<>();
        Map<String, Map<Steps, Long[]>> counts = new LinkedHashMap<>();
        client.sql(COUNTS.replace("VALUE", COLUMNS.get(value)))
                .param("run", runId)
                .param("split", Words.of(split))
                .param("task", task)
                .param("points", points)
                .param("bins", bins)
                .query(row -> {
                    String of = row.getString("task");
                    axes.putIfAbsent(of, new Axis(row.getDouble("low"), row.getDouble("high")));
                    Long[] part = counts.computeIfAbsent(of, name -> new LinkedHashMap<>())
                            .computeIfAbsent(new Steps(row.getInt("from_step"), row.getInt("to_step")), steps -> {
                                Long[] none = new Long[bins];
                                Arrays.fill(none, 0L);
                                return none;
                            });
                    part[row.getInt("bin") - 1] += row.getLong("rollouts");
                });
        List<HistogramResource> histograms = new ArrayList<>();
        axes.forEach((name, axis) -> histograms.add(new HistogramResource(
                name,
                value,
                axis.low,
                axis.high,
                counts.getOrDefault(name, Map.of()).entrySet().stream()
                        .map(part -> new Part(part.getKey().from, part.getKey().to, Arrays.asList(part.getValue())))
                        .toList())));
        return histograms;
    }
}
