package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.ModelScore;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.run.RunsApi.EpisodeOrder;
import dev.tribunal.servicekit.input.Words;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern ID = Pattern.compile("ep_[0-9a-z]+_([0-9]{10,18})");

    /** PostgreSQL takes 65,535 in one query. */
    private static final int PARAMETERS = 10_000;

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

    /** What an order goes by, least first; rows alike in it, and those of COMMITTED, are in the order of commitment. */
    private static final Map<EpisodeOrder, String> ORDERS = Map.of(
            EpisodeOrder.SHORTEST, "cast(cardinality(token_ids) as double precision)",
            EpisodeOrder.LONGEST, "-cast(cardinality(token_ids) as double precision)",
            EpisodeOrder.LOWEST_SCORE, "coalesce(score, reward, 'infinity')",
            EpisodeOrder.HIGHEST_SCORE, "coalesce(-score, -reward, 'infinity')");

    private static final String PAGE = """
            select * from trainer.episodes e
            where run_id = :run
              and AFTER
              and (cast(:step as integer) is null or step = :step)
              and (cast(:task as text) is null or task = :task)
              and (cast(:prompt as integer) is null or prompt = :prompt)
              and (cast(:split as text) is null or split = :split)
              and (cast(:finishReason as text) is null or finish_reason = :finishReason)
              and (cast(:minScore as double precision) is null or coalesce(score, reward) >= :minScore)
              and (cast(:maxScore as double precision) is null or coalesce(score, reward) <= :maxScore)
              and (cast(:judge as text) is null and cast(:verdict as text) is null or exists (
                  select from trainer.verdicts v
                  where v.run_id = e.run_id and v.episode = e.number
                    and (cast(:judge as text) is null or :judge in (v.judge, v.judge || '@' || v.version))
                    and (cast(:verdict as text) is null or v.verdict = :verdict)
                  union all
                  select from jsonb_to_recordset(e.held_out_verdicts) as v(judge text, version text, verdict text)
                  where (cast(:judge as text) is null or :judge in (v.judge, v.judge || '@' || v.version))
                    and (cast(:verdict as text) is null or v.verdict = :verdict)))
              and not exists (
                  select from unnest(cast(:violated as text[])) as asked(judge)
                  where not exists (
                      select from trainer.verdicts v
                      where v.run_id = e.run_id and v.episode = e.number and v.verdict = 'violated'
                        and asked.judge in (v.judge, v.judge || '@' || v.version)))
            order by ORDER limit :limit""";

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

    /**
     * Where a list of episodes goes on.
     *
     * @param value of the last episode in what the list is ordered by
     * @param number of the last episode
     */
    public record Place(double value, long number) {

        /** Of an episode in a list of this order. */
        public static Place of(EpisodeResource episode, EpisodeOrder order) {
            Double score = episode.score() == null ? episode.reward() : episode.score();
            double value = switch (order) {
                case COMMITTED -> 0;
                case SHORTEST -> episode.tokenIds().size();
                case LONGEST -> -episode.tokenIds().size();
                case LOWEST_SCORE -> score == null ? Double.POSITIVE_INFINITY : score;
                case HIGHEST_SCORE -> score == null ? Double.POSITIVE_INFINITY : -score;
            };
            return new Place(value, EpisodeStore.number(episode.id()));
        }

        /** @throws IllegalArgumentException if it is not a place's text */
        public static Place parse(String text) {
            int comma = text.indexOf(',');
            return new Place(
                    Double.parseDouble(text.substring(0, Math.max(comma, 0))),
                    Long.parseLong(text.substring(comma + 1)));
        }

        @Override
        public String toString() {
            return value + "," + number;
        }
    }

    /**
     * A page of episodes.
     *
     * @param after where it begins; null: with the first
     */
    public List<EpisodeResource> page(
            String runId, EpisodeFilter filter, EpisodeOrder order, @Nullable Place after, int limit) {
        Map<Long, List<JudgeVerdict>> verdicts = new HashMap<>();
        List<EpisodeResource> episodes = client.sql(pageBy(order))
                .param("run", runId)
                .param("value", after == null ? Double.NEGATIVE_INFINITY : after.value)
                .param("number", after == null ? 0 : after.number)
                .param("step", filter.step())
                .param("task", filter.task())
                .param("prompt", filter.prompt())
                .param("split", filter.split() == null ? null : Words.of(filter.split()))
                .param("finishReason", filter.finishReason())
                .param("minScore", filter.minScore())
                .param("maxScore", filter.maxScore())
                .param("judge", filter.judge())
                .param("verdict", filter.verdict() == null ? null : Words.of(filter.verdict()))
                .param("violated", filter.violated().toArray(String[]::new), Types.ARRAY)
                .param("limit", limit)
                .query((row, index) -> episode(
                        runId, row, verdicts.computeIfAbsent(row.getLong("number"), number -> new ArrayList<>())))
                .list();
        fillIn(runId, verdicts, verdicts.keySet());
        return episodes;
    }

    /**
     * The rollouts of one task and step that the policy sampled, in the order of commitment.
     *
     * @param last only those up to this number
     */
    public List<EpisodeResource> sampled(String runId, String stage, int step, String task, Split split, long last) {
        Map<Long, List<JudgeVerdict>> verdicts = new HashMap<>();
        List<EpisodeResource> episodes = client.sql("""
                        select * from trainer.episodes
                        where run_id = :run and stage = :stage and step = :step and task = :task and split = :split
                          and number <= :last and sample >= 0 order by number""")
                .param("run", runId)
                .param("stage", stage)
                .param("step", step)
                .param("task", task)
                .param("split", Words.of(split))
                .param("last", last)
                .query((row, index) -> episode(
                        runId, row, verdicts.computeIfAbsent(row.getLong("number"), number -> new ArrayList<>())))
                .list();
        List<Long> numbers = verdicts.keySet().stream().sorted().toList();
        for (int from = 0; from < numbers.size(); from += PARAMETERS) {
            fillIn(runId, verdicts, numbers.subList(from, Math.min(from + PARAMETERS, numbers.size())));
        }
        return episodes;
    }

    /** One episode. */
    public Optional<EpisodeResource> find(String runId, long number) {
        List<JudgeVerdict> verdicts = new ArrayList<>();
        Optional<EpisodeResource> found = client.sql(
                        "select * from trainer.episodes where run_id = :run and number = :number")
                .param("run", runId)
                .param("number", number)
                .query((row, index) -> episode(runId, row, verdicts))
                .optional();
        fillIn(runId, Map.of(number, verdicts), List.of(number));
        return found;
    }

    /** {@code ep_}, the run and the number. */
    public static String id(String runId, long number) {
        return "ep_%s_%010d".formatted(runId.substring(runId.indexOf('_') + 1), number);
    }

    /** The number in an episode's id; absent if it is not one of this run's. */
    public static Optional<Long> number(String runId, String episodeId) {
        Matcher form = ID.matcher(episodeId);
        return form.matches() && id(runId, Long.parseLong(form.group(1))).equals(episodeId)
                ? Optional.of(Long.parseLong(form.group(1)))
                : Optional.empty();
    }

    private static String pageBy(EpisodeOrder order) {
        String value = ORDERS.get(order);
        return value == null
                ? PAGE.replace("AFTER", "number > :number").replace("ORDER", "number")
                : PAGE.replace("AFTER", "(" + value + ", number) > (:value, :number)")
                        .replace("ORDER", value + ", number");
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

    private void fillIn(String runId, Map<Long, List<JudgeVerdict>> verdicts, Collection<Long> numbers) {
        if (numbers.isEmpty()) {
            return;
        }
        client.sql("select * from trainer.verdicts where run_id = :run and episode in (:episodes)"
                        + " order by episode, position")
                .param("run", runId)
                .param("episodes", numbers)
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
                id(runId, row.getLong("number")),
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
    public static @Nullable String storable(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return whole.replace('\0', '\uFFFD');
    }
}
