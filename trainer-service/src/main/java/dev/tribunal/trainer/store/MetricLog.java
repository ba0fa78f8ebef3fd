package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.metric.MetricColumns;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.alarm.MetricHistory;
import dev.tribunal.trainer.journal.RunJournal.Evaluated;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The metrics of runs over their steps. */
@Component
public class MetricLog {

    /** The most points of one answer. */
    static final int MOST = 1_000_000;

    /** Series of the whole of which are in memory before they are thinned. */
    private static final int AT_ONCE = 8;

    private static final String ASKED_FOR = """
             from trainer.metrics
             where run_id = :run and number > :after and number <= :last
               and (cast(:task as text) is null or task = :task)
               and (cast(:names as text[]) is null or name = any (:names))
            """;

    private static final String SERIES =
            "select name, task, array_agg(step order by number) as steps, array_agg(value order by number) as series"
                    + ASKED_FOR + "group by name, task order by name, task";

    private static final String FIRST_TOO_MANY =
            "select number" + ASKED_FOR + "order by number offset " + MOST + " limit 1";

    private final JdbcTemplate jdbc;
    private final JdbcClient client;
    private final TransactionTemplate transactions;

    MetricLog(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
        this.transactions = transactions;
    }

    /**
     * How far a client has read.
     *
     * @param rollbacks of the run when it read
     * @param commit the number of the last commit that it has
     */
    public record Mark(long rollbacks, long commit) {

        public static final Mark BEGINNING = new Mark(-1, 0);

        private static final Pattern FORM = Pattern.compile("([0-9]{1,18})\\.([0-9]{1,18})");

        /** @throws IllegalArgumentException for what {@link #toString} never gave */
        public static Mark parse(String cursor) {
            Matcher form;
            try {
                form = FORM.matcher(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException notBase64) {
                throw foreign(cursor);
            }
            if (!form.matches()) {
                throw foreign(cursor);
            }
            return new Mark(Long.parseLong(form.group(1)), Long.parseLong(form.group(2)));
        }

        private static IllegalArgumentException foreign(String cursor) {
            return new IllegalArgumentException("is '" + cursor + "', must be a cursor that this list gave");
        }

        @Override
        public String toString() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((rollbacks + "." + commit).getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Inside the step's transaction. A value that is not finite has no place in a series and is left out.
     *
     * @param commit the step's number
     */
    public void append(String runId, long commit, StepRecord step) {
        jdbc.batchUpdate(
                "insert into trainer.metrics (run_id, name, task, number, step, value) values (?, ?, ?, ?, ?, ?)",
                step.metrics().stream()
                        .filter(metric -> Double.isFinite(metric.value()))
                        .map(metric -> new Object[] {
                            runId, metric.name(), taskColumn(metric), commit, step.step(), metric.value()
                        })
                        .toList());
    }

    /**
     * What was measured after a mark, up to {@link #MOST} points of it, or all of it thinned.
     *
     * @param names all if empty
     * @param maxPoints of each series, at least 4; absent for all
     */
    public MetricColumns columns(
            RunEntity run, Mark mark, List<String> names, @Nullable String task, @Nullable Integer maxPoints) {
        // Taken back after the run was read, what follows is a mixture; then the next look resets it.
        boolean gone = mark.rollbacks != run.rollbacks() || mark.commit > run.lastCommit();
        Asked asked = new Asked(run.id(), gone ? 0 : mark.commit, run.lastCommit(), names, task);
        Long tooMany = maxPoints == null
                ? asked.in(client.sql(FIRST_TOO_MANY))
                        .query(Long.class)
                        .optional()
                        .orElse(null)
                : null;
        Asked now = tooMany == null ? asked : asked.upTo(tooMany - 1);
        return new MetricColumns(
                new Mark(run.rollbacks(), now.last).toString(),
                gone && !mark.equals(Mark.BEGINNING),
                tooMany != null,
                maxPoints == null ? read(now, Integer.MAX_VALUE) : read(now, maxPoints));
    }

    /**
     * The evaluations of a run's stage, in their order, each with what it measured of a metric.
     *
     * @param task whose metric it is
     */
    public List<Evaluated> evaluations(String runId, String stage, String name, String task) {
        return client.sql(
                        "select s.step, m.value from trainer.steps s left join trainer.metrics m on m.run_id = s.run_id"
                                + " and m.number = s.number and m.name = :name and m.task = :task"
                                + " where s.run_id = :run and s.stage = :stage and s.kind = 'evaluation' order by s.number")
                .param("run", runId)
                .param("stage", stage)
                .param("name", name)
                .param("task", task)
                .query((row, index) -> new Evaluated(row.getInt("step"), row.getObject("value", Double.class)))
                .list();
    }

    private record Asked(
            String run,
            long after,
            long last,
            List<String> names,
            @Nullable String task) {

        Asked upTo(long commit) {
            return new Asked(run, after, commit, names, task);
        }

        JdbcClient.StatementSpec in(JdbcClient.StatementSpec statement) {
            return statement
                    .param("run", run)
                    .param("after", after)
                    .param("last", last)
                    .param("task", task)
                    .param("names", names.isEmpty() ? null : names.toArray(String[]::new));
        }
    }

    /** A few series at a time, which takes a transaction. */
    private List<MetricSeries> read(Asked asked, int maxPoints) {
        List<MetricSeries> all = new ArrayList<>();
        transactions.executeWithoutResult(transaction -> asked.in(
                        client.sql(SERIES).withFetchSize(AT_ONCE))
                .query(row -> {
                    all.add(Thinning.of(series(row), maxPoints));
                }));
        int most = maxPoints;
        while (most > 4
                && all.stream().mapToLong(series -> series.steps().size()).sum() > MOST) {
            most = Math.max(4, most / 2);
            int fewer = most;
            all.replaceAll(series -> Thinning.of(series, fewer));
        }
        return all;
    }

    private static MetricSeries series(ResultSet row) throws SQLException {
        String task = row.getString("task");
        return new MetricSeries(
                row.getString("name"),
                task.isEmpty() ? null : task,
                List.of((Integer[]) row.getArray("steps").getArray()),
                List.of((Double[]) row.getArray("series").getArray()));
    }

    /** What alarms look at, of one stage. */
    public MetricHistory history(String runId, String stage) {
        record Commit(Kind kind, int step) {}
        Map<Commit, List<Metric>> commits = new LinkedHashMap<>();
        client.sql("select s.kind, s.step, m.name, m.task, m.value from trainer.metrics m join trainer.steps s"
                        + " on s.run_id = m.run_id and s.number = m.number"
                        + " where m.run_id = :run and s.stage = :stage order by s.number")
                .param("run", runId)
                .param("stage", stage)
                .query(row -> {
                    String task = row.getString("task");
                    commits.computeIfAbsent(
                                    new Commit(Words.constant(Kind.class, row.getString("kind")), row.getInt("step")),
                                    first -> new ArrayList<>())
                            .add(new Metric(
                                    row.getString("name"), task.isEmpty() ? null : task, row.getDouble("value")));
                });
        MetricHistory history = MetricHistory.of(stage);
        for (Map.Entry<Commit, List<Metric>> commit : commits.entrySet()) {
            history = history.plus(commit.getKey().step(), commit.getKey().kind(), commit.getValue());
        }
        return history;
    }

    private static String taskColumn(Metric metric) {
        return metric.task() == null ? "" : metric.task();
    }
}
