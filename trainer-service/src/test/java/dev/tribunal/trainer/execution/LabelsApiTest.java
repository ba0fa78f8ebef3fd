package dev.tribunal.trainer.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement;
import dev.tribunal.contracts.runs.v1.label.LabelAgreement.JudgeLabels;
import dev.tribunal.contracts.runs.v1.label.LabelRequest;
import dev.tribunal.contracts.runs.v1.label.LabelResource;
import dev.tribunal.contracts.runs.v1.label.LabelVerdict;
import dev.tribunal.contracts.runs.v1.label.LabelsApi;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.methods.statistics.Confusion;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.json.JsonMapper;

class LabelsApiTest extends TrainerContext {

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void whatPeopleSayIsKeptAndComparedWithTheJudges() {
        String run = run(Verdict.SATISFIED, Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNDECIDED, Verdict.VIOLATED);
        List<String> episodes = runs().episodes(run, null, null, null, null, null, null, null).data().stream()
                .map(EpisodeResource::id)
                .toList();
        put(run, episodes.get(0), LabelVerdict.VIOLATED, null);
        LabelResource label = put(run, episodes.get(0), LabelVerdict.SATISFIED, null);
        put(run, episodes.get(1), LabelVerdict.SATISFIED, null);
        put(run, episodes.get(1), LabelVerdict.VIOLATED, "math-answer");
        put(run, episodes.get(2), LabelVerdict.VIOLATED, null);
        put(run, episodes.get(3), LabelVerdict.SATISFIED, null);
        put(run, episodes.get(4), LabelVerdict.SKIP, null);

        assertThat(label.verdict()).isEqualTo(LabelVerdict.SATISFIED);
        assertThat(label.by()).isEqualTo("mira");
        assertThat(label.task()).isEqualTo("math");
        LabelAgreement agreement = labels().agreement(run, null);
        assertThat(agreement.labels()).isEqualTo(6);
        assertThat(agreement.skipped()).isEqualTo(1);
        assertThat(agreement.judges()).extracting(JudgeLabels::judge).containsExactly("math-answer");
        LabelAgreement.Compared math = agreement.judges().getFirst().compared();
        assertThat(math.agreement().counts())
                .as("the label that names the judge goes before the one of all constraints")
                .isEqualTo(new Confusion(1, 1, 0, 1));
        assertThat(math.agreement().undecided()).isEqualTo(1);
        assertThat(math.disagreements()).containsExactly(episodes.get(1));
        assertThat(Objects.requireNonNull(agreement.constraints()).agreement().counts())
                .isEqualTo(new Confusion(2, 1, 0, 0));

        Page<LabelResource> first = labels().list(run, null, null, true, null, 4);
        assertThat(first.data()).hasSize(4);
        assertThat(Objects.requireNonNull(first.data().getFirst().item()).reference())
                .isEqualTo(Map.of("answer", "2"));
        Page<LabelResource> rest = labels().list(run, null, null, false, first.nextCursor(), 4);
        assertThat(rest.data()).extracting(LabelResource::episode).containsExactly(episodes.get(3), episodes.get(4));
        assertThat(rest.data().getFirst().item()).isNull();

        labels().delete(run, episodes.get(1), "math-answer");
        assertThat(labels().list(run, null, "math-answer", false, null, null).data())
                .isEmpty();
        assertThat(labels().list(run, "other", null, false, null, null).data()).isEmpty();
    }

    @Test
    void aLabelIsOfTheVerySameRollout() {
        String run = run(Verdict.SATISFIED);
        String episode = runs().episodes(run, null, null, null, null, null, null, null)
                .data()
                .getFirst()
                .id();
        put(run, episode, LabelVerdict.SATISFIED, null);

        jdbc.update("update trainer.episodes set completion = 'another' where run_id = ?", run);
        assertThat(labels().list(run, null, null, false, null, null).data()).isEmpty();
        assertThat(labels().agreement(run, null).labels()).isZero();
        jdbc.update("update trainer.episodes set completion = 'four' where run_id = ?", run);
        assertThat(labels().list(run, null, null, false, null, null).data()).hasSize(1);
    }

    @Test
    void aLabelThatSaysNothingIsRefused() {
        String run = run(Verdict.SATISFIED);
        String episode = runs().episodes(run, null, null, null, null, null, null, null)
                .data()
                .getFirst()
                .id();

        assertThatThrownBy(() -> put(run, episode, LabelVerdict.SKIP, "nobody"))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(e.errors()).singleElement().satisfies(error -> {
                            assertThat(error.pointer()).isEqualTo("/judge");
                            assertThat(error.detail()).contains("math-answer");
                        }));
        assertThatThrownBy(() -> labels().put(run, episode, "{\"verdict\": \"perhaps\"}", "application/json"))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        e -> assertThat(e.errors().getFirst().pointer()).isEqualTo("/verdict"));
        for (String other : List.of("ep_x", episode.replaceFirst(".$", "9"), "ep_other_0000000001")) {
            assertThatThrownBy(() -> put(run, other, LabelVerdict.SKIP, null))
                    .as(other)
                    .isInstanceOfSatisfying(
                            UpstreamException.class,
                            e -> assertThat(e.code().code()).isEqualTo("episode_not_found"));
        }
    }

    private String run(Verdict... verdicts) {
        String name = "labelled-" + verdicts.length + "-" + System.nanoTime();
        script.when(name, (id, journal) -> {
            for (int i = 0; i < verdicts.length; i++) {
                journal.commit(new StepRecord(
                        "train", i + 1, Kind.TRAINING, List.of(RunsApiTest.episode(i + 1, 0, verdicts[i])), List.of()));
            }
        });
        String id = Objects.requireNonNull(runs().create(spec(name), "application/yaml", false, null)
                        .getBody())
                .id();
        await().untilAsserted(() -> assertThat(runs().get(id).state()).isEqualTo(RunState.SUCCEEDED));
        return id;
    }

    private LabelResource put(String run, String episode, LabelVerdict verdict, @Nullable String judge) {
        return labels().put(run, episode, new LabelRequest(verdict, judge, null, "mira"));
    }

    private LabelsApi labels() {
        return clients().client(LabelsApi.class, "http://127.0.0.1:" + port, Duration.ofSeconds(10));
    }

    private RunsApi runs() {
        return clients().client(RunsApi.class, "http://127.0.0.1:" + port, Duration.ofSeconds(10));
    }

    private static ServiceClients clients() {
        return new ServiceClients("0123456789abcdef", JsonMapper.shared());
    }
}
