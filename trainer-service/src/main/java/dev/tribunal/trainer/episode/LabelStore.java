package dev.tribunal.trainer.episode;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement.Compared;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement.JudgeLabels;
import dev.tribunal.contracts.runs.v1.label.LabelRequest;
import dev.tribunal.contracts.runs.v1.label.LabelResource;
import dev.tribunal.contracts.runs.v1.label.LabelVerdict;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.methods.statistics.Agreement;
import dev.tribunal.methods.statistics.Confusion;
import dev.tribunal.servicekit.input.Words;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What people say of episodes. A label is of an episode and a judge's constraint, or of all constraints (""). */
@Component
public class LabelStore {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String ALL_CONSTRAINTS = "";

    /** Of the episode as it stands: another rollout under the same number is another sample. */
    private static final String SAMPLE = "sha256(convert_to(e.messages::text || e.completion, 'UTF8'))";

    private static final String PUT = """
            insert into trainer.labels (run_id, episode, judge, verdict, note, labelled_by, labelled_at, sample)
            select e.run_id, e.number, :judge, :verdict, :note, :by, now(), %s
            from trainer.episodes e where e.run_id = :run and e.number = :episode
            on conflict (run_id, episode, judge) do update set verdict = excluded.verdict, note = excluded.note,
                labelled_by = excluded.labelled_by, labelled_at = excluded.labelled_at, sample = excluded.sample""".formatted(SAMPLE);

    private static final String STORED = """
            with stored as (
                select l.episode, l.judge, l.verdict, l.note, l.labelled_by, l.labelled_at,
                       e.step, e.task, e.split, e.prompt, e.sample, e.messages, e.completion, e.finish_reason, e.feasible
                from trainer.labels l join trainer.episodes e on e.run_id = l.run_id and e.number = l.episode
                where l.run_id = :run and l.sample = %s
                  and (cast(:task as text) is null or e.task = :task))
            """.formatted(SAMPLE);

    private static final String PAGE = STORED + """
            select * from stored
            where (episode, judge) > (:afterEpisode, cast(:afterJudge as text) collate "C")
              and (cast(:judge as text) is null or judge = :judge)
            order by episode, judge collate "C" limit :limit""";

    /** Verdicts of all constraints together have no version. */
    private static final String COMPARED = STORED + """
            select s.episode, s.task, s.split, s.prompt, s.verdict as label, '' as judge, '' as version,
                   case when s.feasible then 'satisfied' when not s.feasible then 'violated' else 'undecided' end as verdict
            from stored s where s.judge = '' and s.verdict <> 'skip'
            union all
            select s.episode, s.task, s.split, s.prompt, s.verdict, v.judge, v.version, v.verdict
            from stored s join trainer.verdicts v on v.run_id = :run and v.episode = s.episode
            where s.verdict <> 'skip' and v.verdict <> 'not-asked'
              and (s.judge = v.judge or s.judge = '' and not exists (
                  select from stored named where named.episode = s.episode and named.judge = v.judge))
            order by judge, version, episode""";

    private final JdbcClient client;

    LabelStore(JdbcClient client) {
        this.client = client;
    }

    /** Where a page of labels begins. */
    public record After(long episode, String judge) {

        public static final After NOTHING = new After(0, ALL_CONSTRAINTS);
    }

    /** @return absent if the run has no such episode */
    public Optional<LabelResource> put(String runId, long episode, LabelRequest label) {
        String judge = Objects.requireNonNullElse(label.judge(), ALL_CONSTRAINTS);
        client.sql(PUT)
                .param("run", runId)
                .param("episode", episode)
                .param("judge", judge)
                .param("verdict", Words.of(label.verdict()))
                .param("note", EpisodeStore.storable(label.note()))
                .param("by", EpisodeStore.storable(label.by()))
                .update();
        return client.sql(STORED + "select * from stored where episode = :episode and judge = :judge")
                .param("run", runId)
                .param("task", null)
                .param("episode", episode)
                .param("judge", judge)
                .query((row, index) -> label(runId, row, false))
                .optional();
    }

    /** Names of the judges that judged an episode. */
    public List<String> judgesOf(String runId, long episode) {
        return client.sql("select distinct judge from trainer.verdicts where run_id = :run and episode = :episode"
                        + " order by judge")
                .param("run", runId)
                .param("episode", episode)
                .query((row, index) -> row.getString("judge"))
                .list();
    }

    /** @param judge absent for the label of all constraints */
    public void delete(String runId, long episode, @Nullable String judge) {
        client.sql("delete from trainer.labels where run_id = :run and episode = :episode and judge = :judge")
                .param("run", runId)
                .param("episode", episode)
                .param("judge", Objects.requireNonNullElse(judge, ALL_CONSTRAINTS))
                .update();
    }

    /** @param items whether each comes with its prompt's messages and its completion */
    public List<LabelResource> page(
            String runId, @Nullable String task, @Nullable String judge, boolean items, After after, int limit) {
        return client.sql(PAGE)
                .param("run", runId)
                .param("task", task)
                .param("judge", judge)
                .param("afterEpisode", after.episode)
                .param("afterJudge", after.judge)
                .param("limit", limit)
                .query((row, index) -> label(runId, row, items))
                .list();
    }

    public LabelAgreement agreement(String runId, @Nullable String task) {
        Map<Version, Tally> tallies = new LinkedHashMap<>();
        client.sql(COMPARED).param("run", runId).param("task", task).query(row -> {
            tallies.computeIfAbsent(new Version(row.getString("judge"), row.getString("version")), judge -> new Tally())
                    .add(runId, row);
        });
        Tally constraints = tallies.remove(new Version(ALL_CONSTRAINTS, ""));
        return client.sql(STORED + "select count(*) as labels, count(*) filter (where verdict = 'skip') as skipped from"
                        + " stored")
                .param("run", runId)
                .param("task", task)
                .query((row, index) -> new LabelAgreement(
                        row.getLong("labels"),
                        row.getLong("skipped"),
                        constraints == null ? null : constraints.compared(),
                        tallies.entrySet().stream()
                                .map(of -> new JudgeLabels(
                                        of.getKey().judge,
                                        of.getKey().version,
                                        of.getValue().compared()))
                                .toList()))
                .single();
    }

    private record Version(String judge, String version) {}

    /** The completions of one prompt belong together. */
    private record Asked(String task, String split, int prompt) {}

    private static final class Tally {

        private final Map<Asked, Confusion> byPrompt = new LinkedHashMap<>();
        private final List<String> disagreements = new ArrayList<>();
        private long undecided;

        void add(String runId, ResultSet row) throws SQLException {
            String verdict = row.getString("verdict");
            if (verdict.equals("undecided")) {
                undecided++;
                return;
            }
            boolean judge = verdict.equals("satisfied");
            boolean person = row.getString("label").equals("satisfied");
            byPrompt.merge(
                    new Asked(row.getString("task"), row.getString("split"), row.getInt("prompt")),
                    Confusion.of(judge, person),
                    Confusion::plus);
            if (judge != person && disagreements.size() < LabelAgreement.MAX_DISAGREEMENTS) {
                disagreements.add(EpisodeStore.id(runId, row.getLong("episode")));
            }
        }

        Compared compared() {
            return new Compared(Agreement.of(List.copyOf(byPrompt.values()), undecided), disagreements);
        }
    }

    private static LabelResource label(String runId, ResultSet row, boolean withItem) throws SQLException {
        String id = EpisodeStore.id(runId, row.getLong("episode"));
        String judge = row.getString("judge");
        return new LabelResource(
                id,
                row.getInt("step"),
                row.getString("task"),
                Words.constant(Split.class, row.getString("split")),
                row.getInt("prompt"),
                row.getInt("sample"),
                judge.equals(ALL_CONSTRAINTS) ? null : judge,
                Words.constant(LabelVerdict.class, row.getString("verdict")),
                row.getString("note"),
                row.getString("labelled_by"),
                row.getObject("labelled_at", OffsetDateTime.class).toInstant(),
                withItem
                        ? new JudgeItem(
                                id,
                                JSON.readValue(row.getString("messages"), new TypeReference<List<Message>>() {}),
                                new CompletionText(row.getString("completion"), row.getString("finish_reason")),
                                Map.of(),
                                Map.of())
                        : null);
    }
}
