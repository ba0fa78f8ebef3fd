package dev.tribunal.trainer.rejudgement;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgedSample.Change;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementRequest;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.Result;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.State;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.TaskJudge;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.Ids;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.episode.EpisodeStore;
import dev.tribunal.trainer.queue.QueueTable;
import dev.tribunal.trainer.rejudgement.Plans.Plan;
import dev.tribunal.trainer.store.Columns;
import dev.tribunal.trainer.store.RunEntity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Rejudgements as stored; those that wait are a {@link QueueTable}. */
@Component
public class RejudgementStore {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int BATCH = 500;

    /** How an episode's task is known, {@code :several} being whether the run has several stages. */
    static final String KEY = "(case when :several then e.stage || '/' || e.task else e.task end)";

    private static final String WANTED = """
            e.run_id = :run and e.number <= :last and e.sample >= 0
            and (cast(:step as integer) is null or e.step = :step)
            and (cast(:split as text) is null or e.split = :split)
            and\s""" + KEY + " in (:keys)";

    private static final String INSERT = """
            insert into trainer.rejudged_episodes (rejudgement_id, run_id, episode, verdict_before, score_before,
                reason_before, verdict, score, reason, error_code, error_retryable, error_detail, feasible_before,
                feasible, reward_before, reward, weight_before, weight, weights_lack)
            select ?, run_id, number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
            from trainer.episodes where run_id = ? and number = ?
            on conflict do nothing""";

    private static final int[] TYPES = {
        Types.VARCHAR, Types.VARCHAR, Types.DOUBLE, Types.VARCHAR, Types.VARCHAR, Types.DOUBLE, Types.VARCHAR,
        Types.VARCHAR, Types.BOOLEAN, Types.VARCHAR, Types.BOOLEAN, Types.BOOLEAN, Types.DOUBLE, Types.DOUBLE,
        Types.DOUBLE, Types.DOUBLE, Types.VARCHAR, Types.VARCHAR, Types.BIGINT
    };

    private static final String SAMPLES = """
            select r.*, e.step, e.task, e.split, e.prompt, e.sample, e.messages, e.completion
            from trainer.rejudged_episodes r
            join trainer.episodes e on e.run_id = r.run_id and e.number = r.episode
            where r.rejudgement_id = :id and r.episode > :after
              and (cast(:task as text) is null or e.task = :task)
              and (case cast(:changed as text)
                   when 'verdict' then r.verdict <> r.verdict_before
                   when 'feasible' then r.feasible is distinct from r.feasible_before
                   when 'reward' then r.reward is distinct from r.reward_before
                   when 'weight' then r.weight is distinct from r.weight_before
                   else true end)
            order by r.episode limit :limit""";

    private final JdbcClient client;
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final QueueTable queue;

    RejudgementStore(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
        this.transactions = transactions;
        this.queue = new QueueTable(client, "trainer.rejudgements", "rejudgement");
    }

    /**
     * @throws BusyException if too many wait
     * @throws TribunalException if the run keeps too many, or nothing is stored that is asked for
     */
    public Rejudgement create(RunEntity run, Plan plan) {
        String id = Ids.next("rj");
        Objects.requireNonNull(transactions.execute(status -> {
            queue.requireRoom(RejudgementsApi.MAX_WAITING);
            requireFewKept(run.id());
            long total = wanted(
                            "select count(*) from trainer.episodes e where " + WANTED,
                            run,
                            plan.request(),
                            plan.judges())
                    .param("last", run.lastEpisode())
                    .query((row, _) -> row.getLong(1))
                    .single();
            if (total == 0) {
                throw new TribunalException(
                        TrainerError.INVALID_REJUDGEMENT,
                        "Run '" + run.id() + "' has stored no completions that are asked for"
                                + "; look at ./tribunal run episodes for those that there are.");
            }
            return client.sql("""
                            insert into trainer.rejudgements
                                (id, run_id, request, judges, state, last_episode, total, created_at)
                            values (:id, :run, :request::jsonb, :judges::jsonb, 'queued', :last, :total, now())""")
                    .param("id", id)
                    .param("run", run.id())
                    .param("request", Columns.json(plan.request()))
                    .param("judges", Columns.json(plan.judges()))
                    .param("last", run.lastEpisode())
                    .param("total", total)
                    .update();
        }));
        return get(run.id(), id);
    }

    private void requireFewKept(String runId) {
        long kept = client.sql("select count(*) from trainer.rejudgements where run_id = :run")
                .param("run", runId)
                .query((row, _) -> row.getLong(1))
                .single();
        if (kept >= RejudgementsApi.MAX_KEPT) {
            throw new TribunalException(
                    TrainerError.TOO_MANY_REJUDGEMENTS,
                    "Run '" + runId + "' keeps " + kept + " rejudgements already; delete those that are not needed.");
        }
    }

    private JdbcClient.StatementSpec wanted(
            String sql, RunEntity run, RejudgementRequest request, Map<String, TaskJudge> judges) {
        return client.sql(sql)
                .param("run", run.id())
                .param("several", !run.spec().stages().isEmpty())
                .param("step", request.step())
                .param("split", request.split() == null ? null : Words.of(request.split()))
                .param("keys", judges.keySet());
    }

    /** Newest first. */
    public List<Rejudgement> ofRun(String runId) {
        return client.sql("select * from trainer.rejudgements where run_id = :run order by id desc")
                .param("run", runId)
                .query((row, _) -> rejudgement(row))
                .list();
    }

    public Rejudgement get(String runId, String id) {
        return client.sql("select * from trainer.rejudgements where run_id = :run and id = :id")
                .param("run", runId)
                .param("id", id)
                .query((row, _) -> rejudgement(row))
                .optional()
                .orElseThrow(() -> new TribunalException(
                        TrainerError.REJUDGEMENT_NOT_FOUND, "Run '" + runId + "' has no rejudgement '" + id + "'."));
    }

    /** @throws TribunalException if it has ended */
    public Rejudgement cancel(String runId, String id) {
        get(runId, id);
        queue.cancel(id);
        return get(runId, id);
    }

    public void delete(String runId, String id) {
        get(runId, id);
        client.sql("delete from trainer.rejudgements where run_id = :run and id = :id")
                .param("run", runId)
                .param("id", id)
                .update();
    }

    public List<RejudgedSample> samples(
            Rejudgement of, @Nullable Change changed, @Nullable String task, long after, int limit) {
        return client.sql(SAMPLES)
                .param("id", of.id())
                .param("after", after)
                .param("task", task)
                .param("changed", changed == null ? null : Words.of(changed))
                .param("limit", limit)
                .query((row, _) -> sample(of.runId(), row))
                .list();
    }

    /** The oldest that waits: {@link QueueTable#claim}. */
    Optional<Rejudgement> claim(String owner, Duration lease) {
        return queue.claim(owner, lease)
                .flatMap(id -> client.sql("select * from trainer.rejudgements where id = :id")
                        .param("id", id)
                        .query((row, _) -> rejudgement(row))
                        .optional()); // it may have been deleted since
    }

    /** Rollouts of one task and step, which are rewarded and weighted together. */
    record Unit(String stage, int step, String task, Split split, long first, long size) {}

    /** The units that are not judged yet, in order. */
    List<Unit> units(Rejudgement of, RunEntity run, long reached, int limit) {
        return wanted(
                        "select e.stage, e.step, e.task, e.split, min(e.number) as first, count(*) as size"
                                + " from trainer.episodes e where " + WANTED
                                + " group by e.stage, e.step, e.task, e.split having min(e.number) > :reached"
                                + " order by first limit :limit",
                        run,
                        of.request(),
                        of.judges())
                .param("last", of.lastEpisode())
                .param("reached", reached)
                .param("limit", limit)
                .query((row, _) -> new Unit(
                        row.getString("stage"),
                        row.getInt("step"),
                        row.getString("task"),
                        Words.constant(Split.class, row.getString("split")),
                        row.getLong("first"),
                        row.getLong("size")))
                .list();
    }

    /** How far it is, and that its trainer is alive. */
    void progress(Rejudgement of, String owner, long done, Duration lease) {
        queue.hold(of.id(), owner, lease, "done = :done,", Map.of("done", done));
    }

    /** A unit is judged: all of it, or nothing. What the run has taken back meanwhile is left out. */
    void commit(Rejudgement of, String owner, Unit unit, long done, List<RejudgedEpisode> judged) {
        transactions.executeWithoutResult(status -> {
            queue.set(
                    of.id(), owner, "done = :done, reached = :reached", Map.of("done", done, "reached", unit.first()));
            for (int from = 0; from < judged.size(); from += BATCH) {
                jdbc.batchUpdate(
                        INSERT,
                        judged.subList(from, Math.min(from + BATCH, judged.size())).stream()
                                .map(each -> values(of, each))
                                .toList(),
                        TYPES);
            }
        });
    }

    void succeed(Rejudgement of, String owner, Result result) {
        queue.succeed(
                of.id(),
                owner,
                "done = :done, result = :result::jsonb,",
                Map.of("done", result.all().rollouts(), "result", Columns.json(result)));
    }

    void fail(Rejudgement of, String owner, String why) {
        queue.fail(of.id(), owner, why);
    }

    void leave(Rejudgement of, String owner) {
        queue.leave(of.id(), owner);
    }

    private static Object[] values(Rejudgement of, RejudgedEpisode judged) {
        JudgeVerdict before = judged.before();
        JudgeVerdict now = judged.now();
        VerdictError error = now.error();
        return new Object[] {
            of.id(),
            before == null ? null : Words.of(before.verdict()),
            before == null ? null : before.score(),
            before == null ? null : EpisodeStore.storable(before.reason()),
            Words.of(now.verdict()),
            now.score(),
            EpisodeStore.storable(now.reason()),
            error == null ? null : error.code(),
            error == null ? null : error.retryable(),
            error == null ? null : EpisodeStore.storable(error.detail()),
            judged.worthBefore().feasible(),
            judged.worthNow().feasible(),
            judged.worthBefore().reward(),
            judged.worthNow().reward(),
            judged.worthBefore().weight(),
            judged.worthNow().weight(),
            judged.weightsLack(),
            of.runId(),
            judged.number()
        };
    }

    private static Rejudgement rejudgement(ResultSet row) throws SQLException {
        String result = row.getString("result");
        return new Rejudgement(
                row.getString("id"),
                row.getString("run_id"),
                JSON.readValue(row.getString("request"), RejudgementRequest.class),
                JSON.readValue(row.getString("judges"), new TypeReference<Map<String, TaskJudge>>() {}),
                Words.constant(State.class, row.getString("state")),
                row.getLong("last_episode"),
                row.getLong("total"),
                row.getLong("done"),
                row.getLong("reached"),
                row.getString("failure"),
                result == null ? null : JSON.readValue(result, Result.class),
                Objects.requireNonNull(Columns.instant(row, "created_at")),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "finished_at"));
    }

    private static RejudgedSample sample(String runId, ResultSet row) throws SQLException {
        String before = row.getString("verdict_before");
        String code = row.getString("error_code");
        return new RejudgedSample(
                EpisodeStore.id(runId, row.getLong("episode")),
                row.getInt("step"),
                row.getString("task"),
                Words.constant(Split.class, row.getString("split")),
                row.getInt("prompt"),
                row.getInt("sample"),
                JSON.readValue(row.getString("messages"), new TypeReference<List<Message>>() {}),
                row.getString("completion"),
                new RejudgedSample.Worth(
                        before == null ? null : Words.constant(Verdict.class, before),
                        row.getObject("score_before", Double.class),
                        row.getString("reason_before"),
                        row.getObject("feasible_before", Boolean.class),
                        row.getObject("reward_before", Double.class),
                        row.getObject("weight_before", Double.class)),
                new RejudgedSample.Worth(
                        Words.constant(Verdict.class, row.getString("verdict")),
                        row.getObject("score", Double.class),
                        row.getString("reason"),
                        row.getObject("feasible", Boolean.class),
                        row.getObject("reward", Double.class),
                        row.getObject("weight", Double.class)),
                code == null
                        ? null
                        : new VerdictError(code, row.getBoolean("error_retryable"), row.getString("error_detail")));
    }
}
