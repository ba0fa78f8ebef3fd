package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.Agreement;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.Latency;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.StepVerdicts;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.TaskVerdicts;
import dev.tribunal.methods.statistics.Confusion;
import dev.tribunal.servicekit.input.Words;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the stored verdicts say of the judges that gave them. */
@Component
public class VerdictStatistics {

    private static final String STORED = """
            with stored as (
                select v.*, e.task, e.step
                from trainer.verdicts v join trainer.episodes e on e.run_id = v.run_id and e.number = v.episode
                where v.run_id = :run and e.step >= :fromStep
                  and (cast(:task as text) is null or e.task = :task)
                  and (cast(:split as text) is null or e.split = :split))
            """;

    /** As many parts of the steps as asked for, alike in length; a part without episodes has no row. */
    private static final String COUNTS = STORED + """
            , range as (select min(step) as low, max(step) - min(step) + 1 as steps from stored)
            select judge, version, task, min(step) as from_step, max(step) as to_step,
                   count(*) filter (where verdict = 'satisfied') as satisfied,
                   count(*) filter (where verdict = 'violated') as violated,
                   count(*) filter (where verdict = 'undecided') as undecided,
                   count(*) filter (where verdict = 'not-asked') as not_asked
            from stored, range
            group by judge, version, task, (step - low)::bigint * least(:points, steps) / steps
            order by judge, version, task, from_step""";

    private static final String CAUSES = STORED + """
            select judge, version, coalesce(error_code, 'none') as cause, count(*) as verdicts
            from stored where verdict = 'undecided'
            group by judge, version, cause order by verdicts desc, cause""";

    private static final String LATENCIES = STORED + """
            select judge, version, max(latency_ms) as most, avg(attempts) as attempts,
                   percentile_cont(array[0.5, 0.9, 0.99]) within group (order by latency_ms) as percentiles
            from stored where attempts > 0
            group by judge, version""";

    private static final String AGREEMENTS = STORED + """
            select a.judge, a.version, b.judge as other, b.version as other_version,
                   count(*) filter (where a.verdict = 'satisfied' and b.verdict = 'satisfied') as both_satisfied,
                   count(*) filter (where a.verdict = 'satisfied' and b.verdict = 'violated') as only_this,
                   count(*) filter (where a.verdict = 'violated' and b.verdict = 'satisfied') as only_other,
                   count(*) filter (where a.verdict = 'violated' and b.verdict = 'violated') as both_violated
            from stored a join stored b on b.episode = a.episode and b.position <> a.position
            where a.verdict in ('satisfied', 'violated') and b.verdict in ('satisfied', 'violated')
            group by a.judge, a.version, b.judge, b.version
            order by other, other_version""";

    private final JdbcClient client;

    VerdictStatistics(JdbcClient client) {
        this.client = client;
    }

    /** Of which episodes; an absent part excludes none. */
    public record Scope(@Nullable String task, @Nullable Split split, int fromStep) {}

    /**
     * Without their breakers, which no row knows.
     *
     * @param maxPoints parts of the steps for each task, at least 1
     */
    public List<JudgeStatistics> of(String runId, Scope scope, int maxPoints) {
        Map<Version, Map<String, List<StepVerdicts>>> counts = new LinkedHashMap<>();
        ask(COUNTS, runId, scope).param("points", maxPoints).query(row -> {
            counts.computeIfAbsent(version(row), judge -> new LinkedHashMap<>())
                    .computeIfAbsent(row.getString("task"), task -> new ArrayList<>())
                    .add(steps(row));
        });
        Map<Version, Map<String, Long>> causes = new LinkedHashMap<>();
        ask(CAUSES, runId, scope).query(row -> {
            causes.computeIfAbsent(version(row), judge -> new LinkedHashMap<>())
                    .put(row.getString("cause"), row.getLong("verdicts"));
        });
        Map<Version, Latency> latencies = new LinkedHashMap<>();
        ask(LATENCIES, runId, scope).query(row -> {
            latencies.put(version(row), latency(row));
        });
        Map<Version, List<Agreement>> agreements = new LinkedHashMap<>();
        ask(AGREEMENTS, runId, scope).query(row -> {
            agreements.computeIfAbsent(version(row), judge -> new ArrayList<>()).add(agreement(row));
        });
        return counts.entrySet().stream()
                .map(entry -> new JudgeStatistics(
                        entry.getKey().judge,
                        entry.getKey().version,
                        null,
                        entry.getValue().entrySet().stream()
                                .map(task -> inAll(task.getKey(), task.getValue()))
                                .toList(),
                        causes.getOrDefault(entry.getKey(), Map.of()),
                        latencies.get(entry.getKey()),
                        agreements.getOrDefault(entry.getKey(), List.of())))
                .toList();
    }

    private record Version(String judge, String version) {}

    private JdbcClient.StatementSpec ask(String sql, String runId, Scope scope) {
        return client.sql(sql)
                .param("run", runId)
                .param("task", scope.task)
                .param("split", scope.split == null ? null : Words.of(scope.split))
                .param("fromStep", scope.fromStep);
    }

    private static Version version(ResultSet row) throws SQLException {
        return new Version(row.getString("judge"), row.getString("version"));
    }

    private static StepVerdicts steps(ResultSet row) throws SQLException {
        return new StepVerdicts(
                row.getInt("from_step"),
                row.getInt("to_step"),
                row.getLong("satisfied"),
                row.getLong("violated"),
                row.getLong("undecided"),
                row.getLong("not_asked"));
    }

    private static TaskVerdicts inAll(String task, List<StepVerdicts> steps) {
        return new TaskVerdicts(
                task,
                steps.stream().mapToLong(StepVerdicts::satisfied).sum(),
                steps.stream().mapToLong(StepVerdicts::violated).sum(),
                steps.stream().mapToLong(StepVerdicts::undecided).sum(),
                steps.stream().mapToLong(StepVerdicts::notAsked).sum(),
                steps);
    }

    private static Latency latency(ResultSet row) throws SQLException {
        Array array = row.getArray("percentiles");
        Double[] percentiles = (Double[]) array.getArray();
        return new Latency(
                percentiles[0], percentiles[1], percentiles[2], row.getDouble("most"), row.getDouble("attempts"));
    }

    private static Agreement agreement(ResultSet row) throws SQLException {
        Confusion counts = new Confusion(
                row.getLong("both_satisfied"),
                row.getLong("only_this"),
                row.getLong("only_other"),
                row.getLong("both_violated"));
        return new Agreement(
                row.getString("other"),
                row.getString("other_version"),
                counts.n(),
                counts.agreed(),
                counts.kappa().isPresent() ? counts.kappa().getAsDouble() : null,
                row.getLong("both_violated"));
    }
}
