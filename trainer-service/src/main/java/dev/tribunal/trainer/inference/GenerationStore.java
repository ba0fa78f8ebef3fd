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
import dev.tribunal.trainer.queue.QueueTable;
import dev.tribunal.trainer.store.Columns;
import dev.tribunal.trainer.strategy.Worth;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Generations as stored; those that wait are a {@link QueueTable}. */
@Component
public class GenerationStore {

    private static final JsonMapper JSON = new JsonMapper();

    private static final int[] TYPES = {
        Types.VARCHAR, Types.INTEGER, Types.BIGINT, Types.DOUBLE, Types.BOOLEAN, Types.DOUBLE, Types.VARCHAR
    };

    private final JdbcTemplate jdbc;
    private final JdbcClient client;
    private final TransactionTemplate transactions;
    private final QueueTable queue;

    GenerationStore(JdbcTemplate jdbc, TransactionTemplate transactions) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
        this.transactions = transactions;
        this.queue = new QueueTable(client, "trainer.generations", "generation");
    }

    /**
     * @param request pinned
     * @throws BusyException if too many wait
     * @throws TribunalException if too many are kept
     */
    public Generation create(GenerationRequest request) {
        String id = Ids.next("gen");
        transactions.executeWithoutResult(status -> {
            queue.requireRoom(GenerationsApi.MAX_WAITING);
            requireFewKept();
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

    private void requireFewKept() {
        long kept = client.sql("select count(*) from trainer.generations")
                .query(Long.class)
                .single();
        if (kept >= GenerationsApi.MAX_KEPT) {
            throw new TribunalException(
                    TrainerError.TOO_MANY_GENERATIONS,
                    kept + " generations are kept already; delete those that are not needed.");
        }
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
        queue.cancel(id);
        return get(id);
    }

    public void delete(String id) {
        int deleted = client.sql("delete from trainer.generations where id = :id")
                .param("id", id)
                .update();
        if (deleted == 0) {
            get(id); // which says that there is none
        }
    }

    /** The oldest that waits: {@link QueueTable#claim}. */
    Optional<Generation> claim(String owner, Duration lease) {
        return queue.claim(owner, lease).map(this::get);
    }

    /** Its trainer is alive. */
    void hold(String id, String owner, Duration lease) {
        queue.hold(id, owner, lease);
    }

    void add(String id, String owner, List<Answer> answers) {
        transactions.executeWithoutResult(status -> {
            queue.lock(id, owner);
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
        queue.succeed(id, owner, "", Map.of());
    }

    void fail(String id, String owner, String why) {
        queue.fail(id, owner, why);
    }

    void leave(String id, String owner) {
        queue.leave(id, owner);
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
                Objects.requireNonNull(Columns.instant(row, "created_at")),
                Columns.instant(row, "started_at"),
                Columns.instant(row, "finished_at"));
    }
}
