package dev.tribunal.trainer.inference;

import dev.tribunal.contracts.runs.v1.generation.GenerationRequest;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.Answer;
import dev.tribunal.contracts.runs.v1.generation.GenerationResource.State;
import dev.tribunal.contracts.runs.v1.generation.GenerationsApi;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.BusyException;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Words;
import dev.tribunal.trainer.Ids;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.queue.QueueWorker.LostException;
import dev.tribunal.trainer.store.Columns;
import dev.tribunal.trainer.strategy.Worth;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Generations as stored. Whoever works on one holds it under a lease, and each of its writes asks whether it still does:
 * another trainer may have taken it over, and a person may have cancelled it.
 */
@Component
public class GenerationStore {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration RETRY = Duration.ofSeconds(10);
    private static final String HELD = "id = :id and state = 'running' and lease_owner = :owner";

    private static final int[] TYPES = {
        Types.VARCHAR, Types.INTEGER, Types.BIGINT, Types.DOUBLE, Types.BOOLEAN, Types.DOUBLE, Types.VARCHAR
    };

    private final JdbcTemplate jdbc;
    private final JdbcClient client;
    private final TransactionTemplate transactions;

    GenerationStore(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
        this.transactions = transactions;
    }

    /**
     * @param request pinned
     * @throws BusyException if too many wait
     * @throws TribunalException if too many are kept
     */
    public Generation create(GenerationRequest request) {
        String id = Ids.next("gen");
        transactions.executeWithoutResult(status -> {
            client.sql("select pg_advisory_xact_lock(hashtext('tribunal.generations'))")
                    .query((row, _) -> 0)
                    .list();
            requireRoom();
            client.sql("""
                            insert into trainer.generations (id, namespace, request, strategy, state, total, created_at)
                            values (:id, :namespace, :request::jsonb, :strategy, 'queued', :total, now())""")
                    .param("id", id)
                    .param("namespace", Caller.current().namespace())
                    .param("request", Columns.json(request))
                    .param("strategy", request.strategy().name())
                    .param("total", request.prompts().size())
                    .update();
        });
        return get(id);
    }

    private void requireRoom() {
        long waiting = count("select count(*) from trainer.generations where state in ('queued', 'running')");
        if (waiting >= GenerationsApi.MAX_WAITING) {
            throw new BusyException(
                    waiting + " generations wait already; try again when one of them has ended, or cancel one.", RETRY);
        }
        long kept = count("select count(*) from trainer.generations");
        if (kept >= GenerationsApi.MAX_KEPT) {
            throw new TribunalException(
                    TrainerError.TOO_MANY_GENERATIONS,
                    kept + " generations are kept already; delete those that are not needed.");
        }
    }

    private long count(String sql) {
        return client.sql(sql).query((row, _) -> row.getLong(1)).single();
    }

    /** Those that who asks sees, newest first, without their requests. */
    public List<Generation> all() {
        Map<String, List<Worth>> worths = new LinkedHashMap<>();
        client.sql("select generation_id, tokens_sampled, score, feasible, kl_bound from trainer.generation_answers"
                        + " order by generation_id, prompt")
                .query(row -> {
                    worths.computeIfAbsent(row.getString("generation_id"), unknown -> new ArrayList<>())
                            .add(worth(row));
                });
        return client.sql("""
                        select id, null as request, strategy, state, total, failure, created_at, started_at, finished_at
                        from trainer.generations
                        where cast(:namespaces as text) is null or namespace = any(string_to_array(:namespaces, ','))
                        order by id desc""")
                .param("namespaces", Caller.current().visible())
                .query((row, _) -> generation(row, worths.getOrDefault(row.getString("id"), List.of())))
                .list();
    }

    public Generation get(String id) {
        List<Worth> worths = client.sql(
                        "select tokens_sampled, score, feasible, kl_bound from trainer.generation_answers"
                                + " where generation_id = :id order by prompt")
                .param("id", id)
                .query((row, _) -> worth(row))
                .list();
        return client.sql("select * from trainer.generations where id = :id")
                .param("id", id)
                .query((row, _) -> generation(row, worths))
                .optional()
                .orElseThrow(() -> notFound(id));
    }

    public static TribunalException notFound(String id) {
        return new TribunalException(TrainerError.GENERATION_NOT_FOUND, "There is no generation '" + id + "'.");
    }

    /** The namespace of a generation, whoever asks. */
    public Optional<String> namespace(String id) {
        return client.sql("select namespace from trainer.generations where id = :id")
                .param("id", id)
                .query(String.class)
                .optional();
    }

    /** @param after index of the prompt before them; -1 for all */
    public List<Answer> answers(String id, int after, int limit) {
        return client.sql("select answer from trainer.generation_answers"
                        + " where generation_id = :id and prompt > :after order by prompt limit :limit")
                .param("id", id)
                .param("after", after)
                .param("limit", limit)
                .query((row, _) -> JSON.readValue(row.getString("answer"), Answer.class))
                .list();
    }

    /** @throws TribunalException if it has ended */
    public Generation cancel(String id) {
        int cancelled = client.sql("""
                        update trainer.generations set state = 'cancelled', finished_at = now(), lease_owner = null
                        where id = :id and state in ('queued', 'running')""").param("id", id).update();
        Generation now = get(id);
        if (cancelled == 0) {
            throw new TribunalException(
                    TrainerError.ACTION_NOT_ALLOWED,
                    "Generation '" + id + "' is " + Words.of(now.state()) + " and cannot be cancelled any more.");
        }
        return now;
    }

    public void delete(String id) {
        int deleted = client.sql("delete from trainer.generations where id = :id")
                .param("id", id)
                .update();
        if (deleted == 0) {
            get(id); // which says that there is none
        }
    }

    /**
     * The oldest that waits, or was left by an earlier instance of this trainer or by one whose lease ran out.
     *
     * @param owner {@code NAME#INSTANCE}
     */
    Optional<Generation> claim(String owner, Duration lease) {
        return client.sql("""
                        update trainer.generations
                        set state = 'running', lease_owner = :owner, started_at = coalesce(started_at, now()),
                            lease_expires_at = now() + make_interval(secs => :seconds)
                        where id = (select id from trainer.generations
                                    where state = 'queued' or state = 'running'
                                        and (lease_expires_at < now() or starts_with(lease_owner, :name))
                                    order by id limit 1 for update skip locked)
                        returning id""")
                .param("owner", owner)
                .param("name", owner.substring(0, owner.lastIndexOf('#') + 1))
                .param("seconds", lease.toSeconds())
                .query((row, _) -> row.getString("id"))
                .optional()
                .map(this::get);
    }

    /** Its trainer is alive. */
    void hold(String id, String owner, Duration lease) {
        held(
                id,
                client.sql("update trainer.generations set lease_expires_at = now() + make_interval(secs => :seconds)"
                                + " where " + HELD)
                        .param("seconds", lease.toSeconds())
                        .param("id", id)
                        .param("owner", owner)
                        .update());
    }

    void add(String id, String owner, List<Answer> answers) {
        transactions.executeWithoutResult(status -> {
            held(
                    id,
                    client.sql("select id from trainer.generations where " + HELD + " for update")
                            .param("id", id)
                            .param("owner", owner)
                            .query((row, _) -> row.getString("id"))
                            .list()
                            .size());
            jdbc.batchUpdate(
                    """
                    insert into trainer.generation_answers
                        (generation_id, prompt, tokens_sampled, score, feasible, kl_bound, answer)
                    values (?, ?, ?, ?, ?, ?, ?)""", answers.stream().map(answer -> values(id, answer)).toList(), TYPES);
        });
    }

    private static Object[] values(String id, Answer answer) {
        Worth worth = Worth.of(answer);
        return new Object[] {
            id,
            answer.prompt(),
            worth.tokensSampled(),
            worth.score(),
            worth.feasible(),
            worth.klBound(),
            JSON.writeValueAsString(answer)
        };
    }

    void succeed(String id, String owner) {
        held(id, end(id, owner, State.SUCCEEDED, null));
    }

    void fail(String id, String owner, String why) {
        end(id, owner, State.FAILED, why);
    }

    private int end(String id, String owner, State state, @Nullable String failure) {
        return client.sql("update trainer.generations set state = :state, failure = :failure, finished_at = now(),"
                        + " lease_owner = null where " + HELD)
                .param("state", Words.of(state))
                .param("failure", failure)
                .param("id", id)
                .param("owner", owner)
                .update();
    }

    /** The trainer shuts down: the next one goes on. */
    void leave(String id, String owner) {
        client.sql("update trainer.generations set state = 'queued', lease_owner = null where " + HELD)
                .param("id", id)
                .param("owner", owner)
                .update();
    }

    private static void held(String id, int rows) {
        if (rows == 0) {
            throw new LostException("generation", id);
        }
    }

    private static Worth worth(ResultSet row) throws SQLException {
        return new Worth(
                row.getLong("tokens_sampled"),
                row.getObject("score", Double.class),
                row.getObject("feasible", Boolean.class),
                row.getObject("kl_bound", Double.class));
    }

    private static Generation generation(ResultSet row, List<Worth> answers) throws SQLException {
        String request = row.getString("request");
        return new Generation(
                row.getString("id"),
                request == null ? null : JSON.readValue(request, GenerationRequest.class),
                row.getString("strategy"),
                Words.constant(State.class, row.getString("state")),
                row.getInt("total"),
                answers,
                row.getString("failure"),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "started_at"),
                instant(row, "finished_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
