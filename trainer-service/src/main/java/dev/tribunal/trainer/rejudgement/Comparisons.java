package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Comparison;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Result;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.StepComparison;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskResult;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Weights;
import dev.tribunal.methods.statistics.Confusion;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.store.RunEntity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What rejudged completions add up to. */
@Component
class Comparisons {

    /** Parts that the steps of a task are told in. */
    private static final int MOST_POINTS = 500;

    /** The row of the confusion matrix where no judge was replaced. */
    private static final String NONE = "none";

    private static final String SATISFIED = Words.of(Verdict.SATISFIED);
    private static final String VIOLATED = Words.of(Verdict.VIOLATED);

    private static final String JUDGED =
            "with judged as (select r.*, e.step, e.split, e.prompt, " + RejudgementStore.KEY + """
             as key
            from trainer.rejudged_episodes r
            join trainer.episodes e on e.run_id = r.run_id and e.number = r.episode
            where r.rejudgement_id = :id)
            """;

    private static final String CELLS = JUDGED + """
            select key, split, prompt, coalesce(verdict_before, 'none') as before, verdict, feasible_before, feasible,
                   count(*) as rollouts,
                   count(*) filter (where reward is distinct from reward_before) as rewards,
                   count(*) filter (where weight is distinct from weight_before) as weights,
                   count(weight) as weighted
            from judged
            group by key, split, prompt, before, verdict, feasible_before, feasible
            order by key, split, prompt""";

    private static final String WEIGHTS = JUDGED + """
            select key, count(distinct step) as steps, count(distinct step) filter (where weights_lack is null) as computed,
                   array_remove(array_agg(distinct weights_lack), null) as reasons
            from judged where split = 'train' group by key""";

    private static final String STEPS = JUDGED + """
            , range as (select min(step) as low, max(step) - min(step) + 1 as steps from judged)
            select key, min(step) as from_step, max(step) as to_step, count(*) as rollouts,
                   count(*) filter (where feasible_before) as feasible_before,
                   count(*) filter (where not feasible_before) as infeasible_before,
                   count(*) filter (where feasible_before is null) as undecided_before,
                   count(*) filter (where feasible) as feasible,
                   count(*) filter (where not feasible) as infeasible,
                   count(*) filter (where feasible is null) as undecided,
                   count(*) filter (where verdict <> verdict_before) as verdicts,
                   count(*) filter (where reward is distinct from reward_before) as rewards
            from judged, range
            group by key, (step - low)::bigint * least(:points, steps) / steps
            order by key, from_step""";

    private final JdbcClient client;

    Comparisons(JdbcClient client) {
        this.client = client;
    }

    private record Cell(
            String key,
            String prompt,
            String before,
            String now,
            @Nullable Boolean feasibleBefore,
            @Nullable Boolean feasible,
            long rollouts,
            long rewards,
            long weights,
            long weighted) {}

    Result of(Rejudgement rejudgement, RunEntity run) {
        List<Cell> cells = ask(CELLS, rejudgement, run)
                .query((row, _) -> new Cell(
                        row.getString("key"),
                        row.getString("key") + " " + row.getString("split") + " " + row.getInt("prompt"),
                        row.getString("before"),
                        row.getString("verdict"),
                        row.getObject("feasible_before", Boolean.class),
                        row.getObject("feasible", Boolean.class),
                        row.getLong("rollouts"),
                        row.getLong("rewards"),
                        row.getLong("weights"),
                        row.getLong("weighted")))
                .list();
        Map<String, Weights> weights = new LinkedHashMap<>();
        ask(WEIGHTS, rejudgement, run).query(row -> {
            weights.put(row.getString("key"), weights(row));
        });
        Map<String, List<StepComparison>> steps = new LinkedHashMap<>();
        ask(STEPS, rejudgement, run).param("points", MOST_POINTS).query(row -> {
            steps.computeIfAbsent(row.getString("key"), key -> new ArrayList<>())
                    .add(steps(row));
        });
        Map<String, List<Cell>> byTask =
                cells.stream().collect(Collectors.groupingBy(Cell::key, LinkedHashMap::new, Collectors.toList()));
        return new Result(
                compare(cells),
                byTask.entrySet().stream()
                        .map(task -> new TaskResult(
                                task.getKey(),
                                compare(task.getValue()),
                                weights.getOrDefault(task.getKey(), new Weights(0, 0, List.of())),
                                steps.getOrDefault(task.getKey(), List.of())))
                        .toList());
    }

    private JdbcClient.StatementSpec ask(String sql, Rejudgement rejudgement, RunEntity run) {
        return client.sql(sql)
                .param("id", rejudgement.id())
                .param("several", !run.spec().stages().isEmpty());
    }

    private static Weights weights(ResultSet row) throws SQLException {
        String[] reasons = (String[]) row.getArray("reasons").getArray();
        return new Weights(row.getLong("steps"), row.getLong("computed"), Arrays.asList(reasons));
    }

    private static StepComparison steps(ResultSet row) throws SQLException {
        return new StepComparison(
                row.getInt("from_step"),
                row.getInt("to_step"),
                row.getLong("rollouts"),
                row.getLong("feasible_before"),
                row.getLong("infeasible_before"),
                row.getLong("undecided_before"),
                row.getLong("feasible"),
                row.getLong("infeasible"),
                row.getLong("undecided"),
                row.getLong("verdicts"),
                row.getLong("rewards"));
    }

    private static Comparison compare(List<Cell> cells) {
        Collection<List<Cell>> byPrompt = cells.stream()
                .collect(Collectors.groupingBy(Cell::prompt, LinkedHashMap::new, Collectors.toList()))
                .values();
        List<Confusion> confusions =
                byPrompt.stream().map(Comparisons::confusion).toList();
        List<long[]> before =
                byPrompt.stream().map(prompt -> decided(prompt, true)).toList();
        List<long[]> now =
                byPrompt.stream().map(prompt -> decided(prompt, false)).toList();
        Map<String, Map<String, Long>> matrix = new TreeMap<>();
        cells.forEach(cell ->
                matrix.computeIfAbsent(cell.before, row -> new TreeMap<>()).merge(cell.now, cell.rollouts, Long::sum));
        return new Comparison(
                cells.stream().mapToLong(Cell::rollouts).sum(),
                matrix,
                Estimate.share(confusions, Confusion::agreed, Confusion::n),
                Estimate.kappa(confusions),
                Estimate.share(before, prompt -> prompt[0], prompt -> prompt[1]),
                Estimate.share(now, prompt -> prompt[0], prompt -> prompt[1]),
                cells.stream()
                        .filter(cell -> !cell.before.equals(NONE) && !cell.before.equals(cell.now))
                        .mapToLong(Cell::rollouts)
                        .sum(),
                cells.stream()
                        .filter(cell -> cell.feasible == null
                                ? cell.feasibleBefore != null
                                : !cell.feasible.equals(cell.feasibleBefore))
                        .mapToLong(Cell::rollouts)
                        .sum(),
                cells.stream().mapToLong(Cell::rewards).sum(),
                cells.stream().allMatch(cell -> cell.weighted == 0)
                        ? null
                        : (Long) cells.stream().mapToLong(Cell::weights).sum());
    }

    private static Confusion confusion(List<Cell> prompt) {
        long[] counts = new long[4];
        for (Cell cell : prompt) {
            boolean decided = (cell.before.equals(SATISFIED) || cell.before.equals(VIOLATED))
                    && (cell.now.equals(SATISFIED) || cell.now.equals(VIOLATED));
            if (decided) {
                counts[(cell.now.equals(SATISFIED) ? 0 : 2) + (cell.before.equals(SATISFIED) ? 0 : 1)] += cell.rollouts;
            }
        }
        return new Confusion(counts[0], counts[1], counts[2], counts[3]);
    }

    /** Feasible, and decided. */
    private static long[] decided(List<Cell> prompt, boolean before) {
        long[] counts = new long[2];
        for (Cell cell : prompt) {
            Boolean feasible = before ? cell.feasibleBefore : cell.feasible;
            if (feasible != null) {
                counts[0] += feasible ? cell.rollouts : 0;
                counts[1] += cell.rollouts;
            }
        }
        return counts;
    }
}
