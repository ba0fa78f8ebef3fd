package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.servicekit.input.Words;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.lang.Contract;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The episodes of runs. An episode is known by its run and its number, from 1 in the order of commitment. */
@Component
public class EpisodeStore {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int BATCH = 500;

    private static final String INSERT_EPISODE = """
            insert into trainer.episodes (run_id, number, stage, step, task, split, prompt, sample, policy_version, messages,
                completion, finish_reason, token_ids, log_probs, reference_log_probs, score, score_error, reward_model,
                scores, baseline, baseline_score, reward, calibrated_reward, regularized_reward, log_ratio, feasible, weight, role,
                held_out_scores, held_out_verdicts)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb)""";

    private static final String INSERT_VERDICT = """
            insert into trainer.verdicts (run_id, episode, position, judge, version, verdict, score, reason,
                error_code, error_retryable, error_detail, latency_ms, attempts, cached)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String PAGE = """
            select * from trainer.episodes e
            where run_id = :run and number > :after
              and (cast(:step as integer) is null or step = :step)
              and (cast(:task as text) is null or task = :task)
              and (cast(:split as text) is null or split = :split)
              and (cast(:judge as text) is null and cast(:verdict as text) is null or exists (
                  select from trainer.verdicts v
                  where v.run_id = e.run_id and v.episode = e.number
                    and (cast(:judge as text) is null or :judge in (v.judge, v.judge || '@' || v.version))
                    and (cast(:verdict as text) is null or v.verdict = :verdict)))
            order by number limit :limit""";

    private final JdbcTemplate jdbc;
    private final JdbcClient client;

    EpisodeStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
        this.client = JdbcClient.create(jdbc);
    }

    /**
     * Inside the step's transaction. The episodes' own ids are not used: number and run make the id.
     *
     * @param firstNumber of the first episode; the others follow it
     */
    public void append(String runId, long firstNumber, List<EpisodeResource> episodes) {
        List<Numbered> rows = new ArrayList<>();
        List<Object[]> verdicts = new ArrayList<>();
        for (int i = 0; i < episodes.size(); i++) {
            rows.add(new Numbered(firstNumber + i, episodes.get(i)));
            addVerdicts(runId, rows.getLast(), verdicts);
        }
        jdbc.batchUpdate(INSERT_EPISODE, rows, BATCH, (statement, row) -> bind(statement, runId, row));
        jdbc.batchUpdate(INSERT_VERDICT, verdicts, new int[] {
            Types.VARCHAR, Types.BIGINT, Types.INTEGER, Types.VARCHAR, Types.VARCHAR, Types.VARCHAR, Types.DOUBLE,
            Types.VARCHAR, Types.VARCHAR, Types.BOOLEAN, Types.VARCHAR, Types.BIGINT, Types.INTEGER, Types.BOOLEAN
        });
    }

    /** Episodes after a number, in the order of commitment. */
    public List<EpisodeResource> page(String runId, EpisodeFilter filter, long after, int limit) {
        Map<Long, List<JudgeVerdict>> verdicts = new HashMap<>();
        List<EpisodeResource> episodes = client.sql(PAGE)
                .param("run", runId)
                .param("after", after)
                .param("step", filter.step())
                .param("task", filter.task())
                .param("split", filter.split() == null ? null : Words.of(filter.split()))
                .param("judge", filter.judge())
                .param("verdict", filter.verdict() == null ? null : Words.of(filter.verdict()))
                .param("limit", limit)
                .query((row, index) -> episode(
                        runId, row, verdicts.computeIfAbsent(row.getLong("number"), number -> new ArrayList<>())))
                .list();
        fillIn(runId, verdicts);
        return episodes;
    }

    /** The number in an episode's id. */
    public static long number(String episodeId) {
        return Long.parseLong(episodeId.substring(episodeId.lastIndexOf('_') + 1));
    }

    private record Numbered(long number, EpisodeResource episode) {}

    private static void bind(PreparedStatement statement, String runId, Numbered row) throws SQLException {
        EpisodeResource episode = row.episode;
        Object[] values = {
            runId,
            row.number,
            episode.stage(),
            episode.step(),
            episode.task(),
            Words.of(episode.split()),
            episode.prompt(),
            episode.sample(),
            episode.policyVersion(),
            JSON.writeValueAsString(episode.messages().stream()
                    .map(message -> new Message(message.role(), storable(message.content())))
                    .toList()),
            storable(episode.completion()),
            episode.finishReason(),
            array(statement, "int4", episode.tokenIds()),
            array(statement, "float4", episode.logProbs()),
            array(statement, "float4", episode.referenceLogProbs()),
            episode.score(),
            storable(episode.scoreError()),
            episode.rewardModel(),
            scores(episode.scores()),
            storable(episode.baseline()),
            episode.baselineScore(),
            episode.reward(),
            episode.calibratedReward(),
            episode.regularizedReward(),
            episode.logRatio(),
            episode.feasible(),
            episode.weight(),
            episode.role(),
            episode.heldOutScores() == null ? null : scores(episode.heldOutScores()),
            episode.heldOutVerdicts() == null ? null : verdicts(episode.heldOutVerdicts())
        };
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private static String scores(List<ModelScore> scores) {
        return JSON.writeValueAsString(scores.stream()
                .map(score -> new ModelScore(
                        score.name(), score.rewardModel(), score.score(), storable(score.error()), score.baseline()))
                .toList());
    }

    private static String verdicts(List<JudgeVerdict> verdicts) {
        return JSON.writeValueAsString(verdicts.stream()
                .map(one -> new JudgeVerdict(
                        one.judge(),
                        one.version(),
                        one.verdict(),
                        one.score(),
                        storable(one.reason()),
                        storable(one.error()),
                        one.latencyMs(),
                        one.attempts(),
                        one.cached()))
                .toList());
    }

    private static @Nullable VerdictError storable(@Nullable VerdictError error) {
        return error == null ? null : new VerdictError(error.code(), error.retryable(), storable(error.detail()));
    }

    private static Array array(PreparedStatement statement, String type, List<?> values) throws SQLException {
        return statement.getConnection().createArrayOf(type, values.toArray());
    }

    private static void addVerdicts(String runId, Numbered row, List<Object[]> into) {
        List<JudgeVerdict> verdicts = row.episode.verdicts();
        for (int position = 0; position < verdicts.size(); position++) {
            JudgeVerdict verdict = verdicts.get(position);
            VerdictError error = verdict.error();
            into.add(new Object[] {
                runId,
                row.number,
                position,
                verdict.judge(),
                verdict.version(),
                Words.of(verdict.verdict()),
                verdict.score(),
                storable(verdict.reason()),
                error == null ? null : error.code(),
                error == null ? null : error.retryable(),
                error == null ? null : storable(error.detail()),
                verdict.latencyMs(),
                verdict.attempts(),
                verdict.cached()
            });
        }
    }

    private void fillIn(String runId, Map<Long, List<JudgeVerdict>> verdicts) {
        if (verdicts.isEmpty()) {
            return;
        }
        client.sql("select * from trainer.verdicts where run_id = :run and episode in (:episodes)"
                        + " order by episode, position")
                .param("run", runId)
                .param("episodes", verdicts.keySet())
                .query(row -> {
                    Objects.requireNonNull(verdicts.get(row.getLong("episode"))).add(verdict(row));
                });
    }

    private static JudgeVerdict verdict(ResultSet row) throws SQLException {
        String code = row.getString("error_code");
        return new JudgeVerdict(
                row.getString("judge"),
                row.getString("version"),
                Words.constant(Verdict.class, row.getString("verdict")),
                row.getObject("score", Double.class),
                row.getString("reason"),
                code == null
                        ? null
                        : new VerdictError(code, row.getBoolean("error_retryable"), row.getString("error_detail")),
                row.getLong("latency_ms"),
                row.getInt("attempts"),
                row.getBoolean("cached"));
    }

    private static EpisodeResource episode(String runId, ResultSet row, List<JudgeVerdict> verdicts)
            throws SQLException {
        return new EpisodeResource(
                "ep_%s_%010d".formatted(runId.substring(runId.indexOf('_') + 1), row.getLong("number")),
                row.getString("stage"),
                row.getInt("step"),
                row.getString("task"),
                Words.constant(Split.class, row.getString("split")),
                row.getInt("prompt"),
                row.getInt("sample"),
                row.getInt("policy_version"),
                JSON.readValue(row.getString("messages"), new TypeReference<List<Message>>() {}),
                row.getString("completion"),
                row.getString("finish_reason"),
                Arrays.asList((Integer[]) row.getArray("token_ids").getArray()),
                Arrays.asList((Float[]) row.getArray("log_probs").getArray()),
                Arrays.asList((Float[]) row.getArray("reference_log_probs").getArray()),
                row.getObject("score", Double.class),
                row.getString("score_error"),
                row.getString("reward_model"),
                JSON.readValue(row.getString("scores"), new TypeReference<List<ModelScore>>() {}),
                row.getString("baseline"),
                row.getObject("baseline_score", Double.class),
                row.getObject("reward", Double.class),
                row.getObject("calibrated_reward", Double.class),
                row.getObject("regularized_reward", Double.class),
                row.getObject("log_ratio", Double.class),
                row.getObject("feasible", Boolean.class),
                verdicts,
                row.getDouble("weight"),
                row.getString("role"),
                list(row.getString("held_out_scores"), new TypeReference<>() {}),
                list(row.getString("held_out_verdicts"), new TypeReference<>() {}));
    }

    private static <T> @Nullable List<T> list(@Nullable String json, TypeReference<List<T>> type) {
        return json == null ? null : JSON.readValue(json, type);
    }

    /** PostgreSQL's texts hold neither NUL nor halves of surrogate pairs; a sampled text may. The tokens are exact. */
    @Contract("!null -> !null")
    private static @Nullable String storable(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return whole.replace('\0', '\uFFFD');
    }
}
