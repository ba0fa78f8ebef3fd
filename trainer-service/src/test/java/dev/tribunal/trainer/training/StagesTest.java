package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.combiner.WeightedSum;
import dev.tribunal.methods.label.Best;
import dev.tribunal.methods.label.BestOverWorst;
import dev.tribunal.methods.label.DemonstrationOverGeneration;
import dev.tribunal.methods.label.FeasibleOverInfeasible;
import dev.tribunal.methods.label.Labeller;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.preference.Dpo;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Stages of every kind that needs no other service's work, and that a run killed in any of them ends as if it was not. */
@Timeout(120)
class StagesTest {

    private static final String RUN = "run_1";

    @TempDir
    private Path folder;

    private TinyWorld world;
    private int directories;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    private Stage.Train train(String name, @Nullable String start, RunSpec.Reference reference, RunSpec.Task task) {
        return new Stage.Train(
                name,
                start,
                TinyWorld.training(2, 7, 0.02, 2),
                TinyWorld.evaluation(1),
                new WeightedSum(),
                reference,
                List.of(task));
    }

    private RunSpec.Task task(Method method, String source) {
        return TinyWorld.with(world.task("t", method), new RunSpec.Prompts(source, null, 4, null, null, null, null));
    }

    private static Stage.Generate generate(String name) {
        return new Stage.Generate(name, null, "file:prompts.jsonl", null, 6, null, null, 3);
    }

    private static Stage.Label label(String name, Labeller write, String source, List<String> also) {
        boolean scored = !(write instanceof DemonstrationOverGeneration);
        return new Stage.Label(
                name,
                source,
                null,
                write,
                scored ? "goodness@1" : null,
                null,
                List.of(),
                scored ? List.of(new RunSpec.Judge("not-bad@1", null, Map.of())) : List.of(),
                also,
                false,
                null);
    }

    /** Two trainings from one start, souped; then pairs of the soup's own answers, twice. */
    private RunSpec spec() {
        RunSpec.Start atStart = new RunSpec.Start();
        return TinyWorld.staged(
                world.spec(),
                train("left", null, atStart, task(new Sft(), "file:prompts.jsonl")),
                train("right", Stage.BASE, atStart, task(new Dpo(0.1), "file:prompts.jsonl")),
                new Stage.Soup(
                        "soup",
                        List.of(
                                new RunSpec.SoupPart("stage:left", null, 1),
                                new RunSpec.SoupPart("stage:right", null, 3))),
                generate("answers"),
                label("pairs", new BestOverWorst(), "stage:answers", List.of()),
                train("dpo", null, new RunSpec.OfStage("soup"), task(new Dpo(0.1), "stage:pairs")));
    }

    @Test
    void whereverItIsKilledItEndsTheSame() throws IOException {
        MortalJournal whole = run(spec(), 0);
        assertThat(whole.artifacts)
                .extracting(Artifact::stage)
                .containsExactly("left", "right", "soup", "answers", "pairs", "dpo");

        for (int place = 1; place <= 12; place++) {
            int last = whole.calls() * place / 13;
            MortalJournal killed = run(spec(), last);

            assertThat(killed.attempt()).isEqualTo(2);
            assertThat(killed.artifacts)
                    .as("killed at call %s of %s", last, whole.calls())
                    .extracting(Artifact::digest)
                    .containsExactlyElementsOf(
                            whole.artifacts.stream().map(Artifact::digest).toList());
            assertThat(killed.lastDigest()).isEqualTo(whole.lastDigest());
            assertThat(killed.steps).extracting(RunJournal.StepRecord::step).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void aSoupIsTheMeanOfTheWeightsAndAStartAtTheBaseForgetsTheStageBefore() {
        MortalJournal journal = run(spec(), 0);
        LocalEngine engine = new LocalEngine();
        List<TokenSequence> sequence = List.of(new TokenSequence(new int[] {8, 2}, new int[] {3, 1}));
        MortalJournal alone = run(
                TinyWorld.staged(
                        world.spec(), train("x", null, new RunSpec.Start(), task(new Sft(), "file:prompts.jsonl"))),
                0);
        assertThat(journal.artifacts.getFirst().digest()).isEqualTo(alone.lastDigest());
        assertThat(journal.checkpoints).extracting(Checkpoint::step).containsExactly(2, 4, 6);
        assertThat(journal.artifacts.get(1).digest())
                .isNotEqualTo(journal.artifacts.getFirst().digest());
        try (LanguageModel soup = engine.load(path(journal.artifacts.get(2)));
                LanguageModel left = engine.load(path(journal.artifacts.get(0)))) {
            assertThat(soup.logProbs(sequence).getFirst())
                    .isNotEqualTo(left.logProbs(sequence).getFirst());
        }
    }

    private static Stage.SoupSweep sweep(int resolution, String... parts) {
        return new Stage.SoupSweep(
                "sweep",
                List.of(parts),
                resolution,
                "file:held-out.jsonl",
                null,
                2,
                5,
                List.of(new RunSpec.RewardModel("goodness@1", null, null)));
    }

    @Test
    void aSweepGoesThroughAllWeights() {
        assertThat(sweep(4, "stage:a", "stage:b").weightings())
                .containsExactly(
                        List.of(1.0, 0.0),
                        List.of(0.75, 0.25),
                        List.of(0.5, 0.5),
                        List.of(0.25, 0.75),
                        List.of(0.0, 1.0));
        assertThat(sweep(2, "stage:a", "stage:b", "stage:c").weightings())
                .hasSize(6)
                .allSatisfy(weights -> assertThat(weights.stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())
                        .isEqualTo(1));
    }

    @Test
    void aSweepComparesEverySoupWithWhatItsPartsScore() throws IOException {
        MortalJournal journal = run(
                TinyWorld.staged(
                        world.spec(),
                        train("left", null, new RunSpec.Start(), task(new Sft(), "file:prompts.jsonl")),
                        train("right", Stage.BASE, new RunSpec.Start(), task(new Dpo(0.1), "file:prompts.jsonl")),
                        sweep(2, "stage:left", "stage:right"),
                        sweep(2, "stage:left", "stage:left").renamed("itself", reference -> reference)),
                0);

        Map<String, Double> metrics = journal.artifacts.get(2).metrics();
        double left = metrics.get("score.goodness@1.0/0.0");
        double right = metrics.get("score.goodness@0.0/1.0");
        double excess = metrics.get("score.goodness@0.5/0.5") - (left + right) / 2;
        assertThat(metrics.get("excess.goodness@0.5/0.5")).isCloseTo(excess, within(1e-12));
        assertThat(metrics.get("linearlyConnected")).isEqualTo(excess < 0 ? 0 : 1);
        assertThat(metrics).doesNotContainKey("excess.goodness@1.0/0.0");
        List<JsonNode> rows = rows(journal, 2);
        assertThat(rows).hasSize(3 * 2 * 2);
        assertThat(rows.stream()
                        .filter(row -> row.at("/provenance/weights/0").asDouble() == 1)
                        .mapToDouble(
                                row -> row.at("/provenance/completion/score").asDouble())
                        .average()
                        .orElseThrow())
                .isEqualTo(left);
        assertThat(journal.artifacts.get(3).metrics())
                .as("a soup of a model with itself is the model")
                .containsEntry("excess.goodness@0.5/0.5", 0.0)
                .containsEntry("linearlyConnected", 1.0);
    }

    /** SALSA with a = 1 is the plain method. */
    @Test
    void aSoupOfOneModelIsThatModelAsAReference() {
        RunSpec.Task online = TinyWorld.with(
                world.task("t", new Crpg(20)),
                new RunSpec.Prompts(
                        "file:prompts.jsonl",
                        null,
                        4,
                        new RunSpec.BaselineCompletionSource("baseline", null),
                        null,
                        null,
                        null));
        RunSpec.Soup soup = new RunSpec.Soup(
                List.of(new RunSpec.SoupPart("stage:left", null, 1), new RunSpec.SoupPart("stage:right", null, 0)));

        String salsa = heldAgainst(soup, online);
        assertThat(salsa).isEqualTo(heldAgainst(new RunSpec.Start(), online));
        assertThat(salsa).isNotEqualTo(heldAgainst(new RunSpec.OfStage("right"), online));
    }

    /** @return the digest of what the task made of the left one of two models */
    private String heldAgainst(RunSpec.Reference reference, RunSpec.Task online) {
        return run(
                        TinyWorld.staged(
                                world.spec(),
                                train("left", null, new RunSpec.Start(), task(new Sft(), "file:prompts.jsonl")),
                                train(
                                        "right",
                                        Stage.BASE,
                                        new RunSpec.Start(),
                                        task(new Dpo(0.1), "file:prompts.jsonl")),
                                train("online", "stage:left", reference, online)),
                        0)
                .artifacts
                .getLast()
                .digest();
    }

    @Test
    void pairsAndDemonstrationsHaveTheScoresThatDecided() throws IOException {
        MortalJournal journal = run(
                TinyWorld.staged(
                        world.spec(),
                        generate("answers"),
                        label("pairs", new BestOverWorst(), "stage:answers", List.of()),
                        label("judged", new FeasibleOverInfeasible(), "stage:answers", List.of()),
                        label("best", new Best(), "stage:answers", List.of()),
                        label("spin", new DemonstrationOverGeneration(), "stage:answers", List.of()),
                        label("all", new BestOverWorst(), "stage:answers", List.of("stage:pairs"))),
                0);
        List<JsonNode> answers = rows(journal, 0);
        assertThat(answers).hasSizeBetween(12, 24).allSatisfy(row -> {
            assertThat(row.path("demonstration").asString()).startsWith("good good");
            assertThat(row.path("completion").isString()).isTrue();
            assertThat(row.has("chosen")).isFalse();
        });
        List<JsonNode> pairs = rows(journal, 1);
        assertThat(pairs).isNotEmpty().allSatisfy(row -> {
            JsonNode why = row.path("provenance");
            assertThat(why.path("chosen").path("score").asDouble())
                    .isEqualTo(FakeServices.count(row.path("chosen").asString(), "good"))
                    .isGreaterThan(why.path("rejected").path("score").asDouble());
            assertThat(row.path("chosen").asString() + row.path("rejected").asString())
                    .doesNotContain("bad");
            assertThat(why.path("chosen")
                            .path("verdicts")
                            .get(0)
                            .path("verdict")
                            .asString())
                    .isEqualTo("satisfied");
        });
        assertThat(rows(journal, 2)).isNotEmpty().allSatisfy(row -> {
            assertThat(row.path("chosen").asString()).doesNotContain("bad");
            assertThat(row.path("rejected").asString()).contains("bad");
        });
        assertThat(rows(journal, 3))
                .allSatisfy(row -> assertThat(answers.stream()
                                .filter(answer -> answer.path("prompt").equals(row.path("prompt")))
                                .map(answer -> answer.path("completion").asString())
                                .filter(text -> !text.contains("bad"))
                                .mapToDouble(text -> FakeServices.count(text, "good"))
                                .max()
                                .orElseThrow())
                        .isEqualTo(FakeServices.count(row.path("completion").asString(), "good")));
        assertThat(rows(journal, 4))
                .allSatisfy(row -> assertThat(row.path("chosen").asString()).startsWith("good good"));
        assertThat(rows(journal, 5)).hasSize(2 * pairs.size());
    }

    @Test
    void whatAStageLeftAndSomebodyChangedEndsTheRun() throws IOException {
        RunSpec spec = TinyWorld.staged(
                world.spec(), generate("answers"), label("pairs", new BestOverWorst(), "stage:answers", List.of()));
        MortalJournal journal = new MortalJournal();
        journal.takeUp(Integer.MAX_VALUE);
        Path directory = directory();
        run(TinyWorld.staged(world.spec(), generate("answers")), directory, journal);
        Files.writeString(path(journal.artifacts.getFirst()), "{\"prompt\": \"one\", \"completion\": \"good\"}\n");

        assertThatThrownBy(() -> run(spec, directory, journal))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("is not what stage 'answers' left there");
    }

    private static Path path(Artifact artifact) {
        return Path.of(artifact.reference().replaceFirst("^[a-z]+:", ""));
    }

    private static List<JsonNode> rows(MemoryJournal journal, int artifact) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(path(journal.artifacts.get(artifact)))) {
            rows.add(JsonMapper.shared().readTree(line));
        }
        return rows;
    }

    private Path directory() {
        return world.directory("directory-" + ++directories);
    }

    /** @param last where the first trainer dies; 0 for nowhere */
    private MortalJournal run(RunSpec spec, int last) {
        Path directory = directory();
        return MortalJournal.of(last, journal -> run(spec, directory, journal));
    }

    private void run(RunSpec spec, Path directory, RunJournal journal) {
        new TrainingRun(
                        new LocalEngine(),
                        RUN,
                        spec,
                        directory,
                        world.roots(),
                        FakeServices.notBad(),
                        FakeServices.goodness(),
                        journal,
                        null)
                .run();
    }
}
