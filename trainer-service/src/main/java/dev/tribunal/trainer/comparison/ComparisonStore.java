package dev.tribunal.trainer.comparison;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonRequest;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonSummary;
import dev.tribunal.servicekit.caller.Caller;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the rows of runs say that are compared. */
@Component
class ComparisonStore {

    private static final int MOST = 1000;

    private static final String COMPARISONS = """
            select labels ->> :comparison as name, count(distinct labels ->> :arm) as arms, count(*) as runs,
                   count(*) filter (where state in ('succeeded', 'failed', 'cancelled')) as ended,
                   min(created_at) as created_at
            from trainer.runs
            where jsonb_exists(labels, :comparison) and jsonb_exists(labels, :arm) and jsonb_exists(labels, :seed)
                and parent_run is null
                and (cast(:namespaces as text) is null or namespace = any(string_to_array(:namespaces, ',')))
            group by 1 order by max(id) desc limit""" + " " + MOST;

    /** Of the held-out metrics, as evaluations name them, the values of each prompt: the means are over the same values. */
    private static final String HELD_OUT = """
            with episode as (
                select * from trainer.episodes
                where run_id = :run and stage = :stage and step = :step and split = 'held-out'),
            verdict as (
                select e.task, e.prompt, v.verdict, v.judge || case
                    when row_number() over ofJudge = 1 then '' else '.' || row_number() over ofJudge end as use
                from episode e join trainer.verdicts v on v.run_id = e.run_id and v.episode = e.number
                window ofJudge as (partition by v.episode, v.judge order by v.position)),
            heldOutVerdict as (
                select e.task, e.prompt, v.one ->> 'verdict' as verdict, v.one ->> 'judge' || case
                    when row_number() over ofJudge = 1 then '' else '.' || row_number() over ofJudge end as use
                from episode e, jsonb_array_elements(e.held_out_verdicts) with ordinality as v (one, position)
                where e.held_out_verdicts is not null
                window ofJudge as (partition by e.number, v.one ->> 'judge' order by v.position))
            select name, task, prompt, sum(value) as total, count(*) as values from (
                select 'heldOut.feasibleRate' as name, task, prompt, cast(cast(feasible as integer) as double precision) as value
                from episode
                union all select 'heldOut.calibratedReward', task, prompt, calibrated_reward from episode
                union all select 'heldOut.reward', task, prompt, reward from episode
                union all select 'heldOut.kl', task, prompt, log_ratio from episode
                union all select 'heldOut.truncatedRate', task, prompt, cast(finish_reason = 'length' as integer) from episode
                union all select 'heldOut.completionTokens', task, prompt, cardinality(token_ids) from episode
                union all select 'heldOut.score' || case when jsonb_array_length(scores) = 1 then '' else '.' || (one ->> 'name') end,
                    task, prompt, cast(one -> 'score' ->> 'value' as double precision)
                from episode, jsonb_array_elements(scores) as one
                union all select 'heldOut.rewardModel.' || (one ->> 'name'),
                    task, prompt, cast(one -> 'score' ->> 'value' as double precision)
                from episode, jsonb_array_elements(held_out_scores) as one where held_out_scores is not null
                union all select 'heldOut.violationRate.' || use, task, prompt, cast(verdict = 'violated' as integer)
                from verdict where verdict in ('satisfied', 'violated')
                union all select 'heldOut.judge.' || use, task, prompt, cast(verdict = 'violated' as integer)
                from heldOutVerdict where verdict in ('satisfied', 'violated')) as measured
            where value is not null group by name, task, prompt""";

    private final JdbcClient client;

    ComparisonStore(JdbcTemplate jdbc) {
        this.client = JdbcClient.create(jdbc);
    }

    /** Those with runs that who asks sees, newest first. */
    List<ComparisonSummary> comparisons() {
        return client.sql(COMPARISONS)
                .param("comparison", ComparisonRequest.COMPARISON)
                .param("arm", ComparisonRequest.ARM)
                .param("seed", ComparisonRequest.SEED)
                .param("namespaces", Caller.current().visible())
                .query((row, index) -> new ComparisonSummary(
                        row.getString("name"),
                        row.getInt("arms"),
                        row.getInt("runs"),
                        row.getInt("ended"),
                        row.getTimestamp("created_at").toInstant()))
                .list();
    }

    /** An evaluation of a run. */
    record Evaluated(String stage, int step) {}

    /** A run's evaluations on held-out prompts, oldest first. */
    List<Evaluated> evaluations(String run) {
        return client.sql(
                        "select stage, step from trainer.steps where run_id = :run and kind = 'evaluation' order by number")
                .param("run", run)
                .query((row, index) -> new Evaluated(row.getString("stage"), row.getInt("step")))
                .list();
    }

    /** A task's metric. */
    record MetricOfTask(String metric, String task) {}

    /** Of one prompt. */
    record Values(double sum, int count) {}

    /** By metric and task, what an evaluation measured of each prompt. */
    Map<MetricOfTask, Map<Integer, Values>> heldOut(String run, Evaluated evaluation) {
        Map<MetricOfTask, Map<Integer, Values>> all = new HashMap<>();
        client.sql(HELD_OUT)
                .param("run", run)
                .param("stage", evaluation.stage)
                .param("step", evaluation.step)
                .query(row -> {
                    all.computeIfAbsent(
                                    new MetricOfTask(row.getString("name"), row.getString("task")),
                                    key -> new TreeMap<>())
                            .put(row.getInt("prompt"), new Values(row.getDouble("total"), row.getInt("values")));
                });
        return all;
    }

    /** The names of the metrics of a run's latest step and latest evaluation. */
    List<String> metricNames(String run) {
        return client.sql("select distinct name from trainer.metrics where run_id = :run and number in"
                        + " (select max(number) from trainer.steps where run_id = :run group by kind)")
                .param("run", run)
                .query((row, index) -> row.getString("name"))
                .list();
    }

    /** Groups that a run's steps sampled. */
    record Groups(String stage, String task, double count) {}

    List<Groups> groupsSampled(String run, String metric) {
        return client.sql("select s.stage, m.task, sum(m.value) as groups from trainer.metrics m join trainer.steps s"
                        + " on s.run_id = m.run_id and s.number = m.number"
                        + " where m.run_id = :run and m.name = :metric group by s.stage, m.task")
                .param("run", run)
                .param("metric", metric)
                .query((row, index) ->
                        new Groups(row.getString("stage"), row.getString("task"), row.getDouble("groups")))
                .list();
    }
}
