package dev.tribunal.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.reward.v1.ScoreRequest;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.label.DifficultySplit;
import dev.tribunal.methods.label.DifficultySplit.Difficulty;
import dev.tribunal.methods.label.DifficultySplit.WrongSigned;
import dev.tribunal.methods.label.EnsembleVotes;
import dev.tribunal.methods.label.HigherOverLower;
import dev.tribunal.methods.label.Labeller;
import dev.tribunal.methods.label.ParallelTexts;
import dev.tribunal.methods.label.RewardsInContext;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.stage.TrainingRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What label stages make of rows, with reward models that count words. */
@Timeout(120)
class LabellingTest {

    private static final Stage.Tree TREE = new Stage.Tree(2, 3, 2);

    @TempDir
    private Path folder;

    private TinyWorld world;
    private int runs;

    @BeforeEach
    void makeAWorld() {
        world = new TinyWorld(folder);
    }

    /** A reward model is called what it counts; "reluctance" counts bad as well, and more. */
    private static ScoreResponse.Result score(String model, ScoreRequest.Item item) {
        double good = FakeServices.count(item.completion(), "good");
        double bad = FakeServices.count(item.completion(), "bad");
        return new ScoreResponse.Result(
                item.itemId(),
                switch (model) {
                    case "good" -> good;
                    case "bad" -> bad;
                    default -> bad * 3 - good;
                },
                null);
    }

    private static Stage.Generate generate(
            String name, int generations, Stage.@Nullable Tree tree, Stage.@Nullable Goals goals) {
        return new Stage.Generate(name, null, "file:prompts.jsonl", null, generations, tree, goals, 3);
    }

    private static Stage.Label label(String name, String source, Labeller write, String... models) {
        return new Stage.Label(
                name,
                source,
                null,
                write,
                null,
                null,
                Stream.of(models)
                        .map(model -> new RunSpec.RewardModel(model + "@1", null, model))
                        .toList(),
                List.of(),
                List.of(),
                false,
                null);
    }

    private MemoryJournal run(Stage... stages) {
        MemoryJournal journal = new MemoryJournal();
        new TrainingRun(
                        new LocalEngine(),
                        "run_1",
                        TinyWorld.staged(world.spec(), stages),
                        world.directory("labelling-" + ++runs),
                        world.roots(),
                        FakeServices.notBad(),
                        FakeServices.rewards(LabellingTest::score),
                        journal,
                        null)
                .run();
        return journal;
    }

    private void pairs(String... chosenAndRejected) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < chosenAndRejected.length; i += 2) {
            lines.append("{\"prompt\": \"one\", \"chosen\": \"%s\", \"rejected\": \"%s\"}\n"
                    .formatted(chosenAndRejected[i], chosenAndRejected[i + 1]));
        }
        Files.writeString(folder.resolve("pairs.jsonl"), lines);
    }

    private static List<JsonNode> rows(MemoryJournal journal, int artifact) throws IOException {
        List<JsonNode> rows = new ArrayList<>();
        Artifact left = journal.artifacts.get(artifact);
        for (String line : Files.readAllLines(Path.of(left.reference().replaceFirst("^file:", "")))) {
            rows.add(JsonMapper.shared().readTree(line));
        }
        return rows;
    }

    private static List<String> pairsOf(List<JsonNode> rows) {
        return rows.stream()
                .map(row -> row.path("chosen").asString() + " over "
                        + row.path("rejected").asString())
                .toList();
    }

    private static DifficultySplit split(double gamma, Difficulty keep, WrongSigned wrongSigned) {
        return new DifficultySplit(gamma, keep, wrongSigned);
    }

    @Test
    void whatTheDataSaysOfAPairTurnsWithIt() throws IOException {
        Files.writeString(
                folder.resolve("pairs.jsonl"),
                "{\"prompt\": \"one\", \"chosen\": \"red\", \"rejected\": \"good good good\", \"margin\": 2,"
                        + " \"labelProbability\": 0.75}\n");

        MemoryJournal journal = run(
                label("kept", "file:pairs.jsonl", split(1, Difficulty.EASY, WrongSigned.KEEP), "good"),
                label("turned", "file:pairs.jsonl", split(1, Difficulty.EASY, WrongSigned.FLIP), "good"));

        assertThat(rows(journal, 0).getFirst().path("margin").asDouble()).isEqualTo(2);
        JsonNode turned = rows(journal, 1).getFirst();
        assertThat(turned.path("margin").asDouble()).isEqualTo(-2);
        assertThat(turned.path("labelProbability").asDouble()).isEqualTo(.25);
    }

    @Test
    void pairsAreSplitByTheGapAndTheSidesAreCounted() throws IOException {
        pairs("good good", "red", "good", "red", "blue", "red", "red", "good good good");

        MemoryJournal journal = run(
                label("easy", "file:pairs.jsonl", split(1, Difficulty.EASY, WrongSigned.KEEP), "good"),
                label("difficult", "file:pairs.jsonl", split(1, Difficulty.DIFFICULT, WrongSigned.KEEP), "good"),
                label("believed", "file:pairs.jsonl", split(1, Difficulty.EASY, WrongSigned.FLIP), "good"),
                label("clean", "file:pairs.jsonl", split(1, Difficulty.EASY, WrongSigned.DROP), "good"),
                label("all", "file:pairs.jsonl", split(1e9, Difficulty.DIFFICULT, WrongSigned.KEEP), "good"));

        assertThat(pairsOf(rows(journal, 0))).containsExactly("good good over red", "red over good good good");
        assertThat(pairsOf(rows(journal, 1))).containsExactly("good over red", "blue over red");
        assertThat(pairsOf(rows(journal, 2))).containsExactly("good good over red", "good good good over red");
        assertThat(pairsOf(rows(journal, 3))).containsExactly("good good over red");
        assertThat(pairsOf(rows(journal, 4))).hasSize(4);
        JsonNode wrong = rows(journal, 2).get(1).path("provenance");
        assertThat(wrong.path("gap").asDouble()).isEqualTo(-3);
        assertThat(wrong.path("flipped").asBoolean()).isTrue();
        assertThat(wrong.path("chosen").path("score").asDouble()).isEqualTo(3);
        assertThat(journal.artifacts.getFirst().metrics())
                .containsEntry("easy", 2.0)
                .containsEntry("difficult", 2.0)
                .containsEntry("wrongSigned", 1.0)
                .containsEntry("rowsRead", 4.0)
                .containsEntry("rowsMade", 2.0);
    }

    @Test
    void aSideWithoutPairsSaysWhatToDo() throws IOException {
        pairs("good good", "red");
        assertThatThrownBy(() ->
                        run(label("easy", "file:pairs.jsonl", split(9, Difficulty.EASY, WrongSigned.KEEP), "good")))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("0 are easy and 1 difficult at a gamma of 9")
                .hasMessageContaining("Choose another gamma");
    }

    @Test
    void anEnsembleVotesOnGivenPairs() throws IOException {
        pairs("good good", "red", "bad", "good", "good", "bad", "good", "red");

        MemoryJournal journal =
                run(label("votes", "file:pairs.jsonl", new EnsembleVotes(0.25, 0.1, 0, true), "good", "reluctance"));

        // The gaps are (2, -2), (-1, 4), (1, -4) and (1, -1): the strengths 0, 1.5, -1.5 and 0.
        List<JsonNode> rows = rows(journal, 0);
        assertThat(pairsOf(rows))
                .containsExactly("good good over red", "bad over good", "bad over good", "good over red");
        assertThat(rows).extracting(row -> row.path("margin").asDouble()).containsExactly(0.0, 1.5, 1.5, 0.0);
        assertThat(rows).noneMatch(row -> row.has("labelProbability")); // none is negative after the flip
        JsonNode flipped = rows.get(2).path("provenance");
        assertThat(flipped.path("flipped").asBoolean()).isTrue();
        assertThat(flipped.path("votes").path("gaps").path("reluctance").asDouble())
                .isEqualTo(-4);
        assertThat(flipped.path("votes").path("mean").asDouble()).isEqualTo(-1.5);
        assertThat(flipped.path("votes").path("deviation").asDouble()).isEqualTo(2.5);
        assertThat(flipped.path("chosen").path("scores").path("reluctance").asDouble())
                .isEqualTo(3);
        assertThat(journal.artifacts.getFirst().metrics())
                .containsEntry("negativeStrength", 1.0)
                .containsEntry("flipped", 1.0)
                .containsEntry("smoothed", 0.0);

        List<JsonNode> smoothed = rows(
                run(label("votes", "file:pairs.jsonl", new EnsembleVotes(0, 0.1, 0, false), "good", "reluctance")), 0);
        assertThat(smoothed)
                .extracting(row -> row.path("labelProbability").asDouble(1))
                .containsExactly(1.0, 1.0, 0.9, 1.0);
        assertThat(smoothed).noneMatch(row -> row.has("margin"));
    }

    @Test
    void parallelTextsBecomePairs() throws IOException {
        Files.writeString(folder.resolve("corpus.jsonl"), """
                {"prompt": "one", "texts": {"simple": "good", "original": "red red"}}
                {"prompt": "two", "texts": {"simple": "blue", "original": "blue"}}
                """);
        List<JsonNode> rows =
                rows(run(label("pairs", "file:corpus.jsonl", new ParallelTexts("texts.simple", "texts.original"))), 0);
        assertThat(pairsOf(rows)).containsExactly("good over red red");

        assertThatThrownBy(() -> run(label("pairs", "file:corpus.jsonl", new ParallelTexts("texts.plain", "prompt"))))
                .hasMessageContaining("row 0 of file:corpus.jsonl has no text in \"texts.plain\"");
    }

    private static List<Integer> tokens(JsonNode generated) {
        List<Integer> tokens = new ArrayList<>();
        generated.path("segments").forEach(segment -> segment.forEach(id -> tokens.add(id.asInt())));
        return tokens;
    }

    private static List<Integer> integers(JsonNode array) {
        List<Integer> integers = new ArrayList<>();
        array.forEach(each -> integers.add(each.asInt()));
        return integers;
    }

    private static int common(List<Integer> one, List<Integer> other) {
        return (int) IntStream.range(0, Math.min(one.size(), other.size()))
                .takeWhile(i -> one.get(i).equals(other.get(i)))
                .count();
    }

    @Test
    void leavesOfATreeShareWhatTheirPathsShare() throws IOException {
        MemoryJournal journal = run(generate("tree", 1, TREE, null));
        Map<Integer, List<JsonNode>> trees = new LinkedHashMap<>();
        rows(journal, 0)
                .forEach(row -> trees.computeIfAbsent(
                                row.path("provenance").path("prompt").asInt(), prompt -> new ArrayList<>())
                        .add(row.path("provenance")));

        assertThat(trees).hasSize(4);
        int siblings = 0;
        for (List<JsonNode> leaves : trees.values()) {
            Set<List<Integer>> paths = new HashSet<>();
            leaves.forEach(leaf -> paths.add(integers(leaf.path("path"))));
            assertThat(paths).as("every leaf has a path of its own").hasSize(leaves.size());
            assertThat(leaves.size()).isLessThanOrEqualTo(TREE.leaves());
            for (JsonNode one : leaves) {
                assertThat(tokens(one)).hasSizeLessThanOrEqualTo(4);
                if (integers(one.path("path")).size() == 2) {
                    assertThat(integers(one.path("segments").get(0))).hasSize(TREE.segmentTokens());
                }
                for (JsonNode other : leaves) {
                    int depth = common(integers(one.path("path")), integers(other.path("path")));
                    int shared = IntStream.range(0, depth)
                            .map(level -> one.path("segments").get(level).size())
                            .sum();
                    assertThat(common(tokens(one), tokens(other))).isGreaterThanOrEqualTo(shared);
                    siblings += depth == 1 && one != other ? 1 : 0;
                }
            }
        }
        assertThat(siblings).isPositive();
    }

    /** Of 9 leaves a tree has all that were not blank or ended early. */
    @Test
    void aTreeHasAsManyLeavesAsItsBranchingsMake() {
        MemoryJournal journal = run(generate("tree", 1, new Stage.Tree(2, 3, 1), null));
        Map<String, Double> metrics = journal.artifacts.getFirst().metrics();
        double ended = 4 * 9 - metrics.getOrDefault("completions", 0.0);
        assertThat(ended % 2)
                .as("a first segment that ends is one leaf in place of three")
                .isZero();
        assertThat(metrics.get("completions")).isBetween(4 * 3.0 + 2, 36.0);
    }

    @Test
    void pairsOfATreeAndOfAListCostTheSame() throws IOException {
        HigherOverLower labeller = new HigherOverLower(3, 5);
        MemoryJournal tree = run(generate("tree", 1, TREE, null), label("pairs", "stage:tree", labeller, "good"));
        MemoryJournal list = run(generate("list", 9, null, null), label("pairs", "stage:list", labeller, "good"));

        for (MemoryJournal arm : List.of(tree, list)) {
            assertThat(arm.artifacts.get(1).metrics()).containsEntry("comparisons", 4 * 3.0);
            double ties = arm.artifacts.get(1).metrics().getOrDefault("ties", -1.0);
            assertThat(rows(arm, 1))
                    .hasSize(12 - (int) ties)
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(
                                    row.at("/provenance/chosen/score").asDouble())
                            .isGreaterThan(row.at("/provenance/rejected/score").asDouble()));
        }
        assertThat(rows(tree, 1)).allSatisfy(row -> {
            JsonNode provenance = row.path("provenance");
            JsonNode chosen = provenance.at("/chosen/generated");
            JsonNode rejected = provenance.at("/rejected/generated");
            assertThat(chosen.path("prompt")).isEqualTo(rejected.path("prompt"));
            assertThat(provenance.path("sharedTokens").asInt()).isEqualTo(common(tokens(chosen), tokens(rejected)));
            List<Integer> path = integers(provenance.path("sharedPath"));
            assertThat(integers(chosen.path("path")).subList(0, path.size())).isEqualTo(path);
            assertThat(integers(rejected.path("path")).subList(0, path.size())).isEqualTo(path);
        });
        assertThat(rows(list, 1)).noneMatch(row -> row.path("provenance").has("sharedPath"));
    }

    private static RewardsInContext rewards(@Nullable String statisticsOf, double keepFrom) {
        return new RewardsInContext(Map.of(), statisticsOf, 1, keepFrom);
    }

    @Test
    void rewardsStandInThePromptAndAreToldAgainAfterwards() throws IOException {
        // The tiny tokenizer knows no numbers; it only has to carry them.
        MemoryJournal journal = run(
                generate("answers", 6, null, null),
                label("told", "stage:answers", rewards(null, 0), "good", "bad"),
                generate("wished", 6, null, new Stage.Goals("stage:told", Map.of(), 0.7)),
                label("told-again", "stage:wished", rewards("stage:told", 1), "good", "bad"),
                generate("preferred", 1, null, new Stage.Goals("stage:told", Map.of("good", 1.0, "bad", 0.0), 0.7)));

        Map<String, Double> statistics = journal.artifacts.get(1).metrics();
        double mean = rows(journal, 0).stream()
                .mapToDouble(row -> FakeServices.count(row.path("completion").asString(), "good"))
                .average()
                .orElseThrow();
        assertThat(statistics.get("good.mean")).isCloseTo(mean, within(1e-12));
        List<JsonNode> told = rows(journal, 1);
        assertThat(told).hasSameSizeAs(rows(journal, 0)).allSatisfy(row -> tells(row, statistics));

        assertThat(rows(journal, 2)).allSatisfy(row -> {
            assertThat(row.path("prompt").asString()).endsWith(suffix(row));
            assertThat(row.path("goal").path("good").asDouble()).isLessThanOrEqualTo(greatest(told, "good"));
        });
        List<JsonNode> again = rows(journal, 3);
        assertThat(again)
                .isNotEmpty()
                .hasSizeLessThan(rows(journal, 2).size())
                .allSatisfy(row -> tells(row, statistics));
        assertThat(journal.artifacts.get(3).metrics().get("good.mean"))
                .as("the first statistics stay")
                .isEqualTo(statistics.get("good.mean"));
        assertThat(rows(journal, 4)).allSatisfy(row -> {
            assertThat(row.path("goal").path("good").asDouble()).isEqualTo(greatest(told, "good"));
            assertThat(row.path("goal").path("bad").asDouble())
                    .isEqualTo(told.stream()
                            .mapToDouble(each -> each.path("goal").path("bad").asDouble())
                            .min()
                            .orElseThrow());
        });
    }

    private static double greatest(List<JsonNode> rows, String model) {
        return rows.stream()
                .mapToDouble(row -> row.path("goal").path(model).asDouble())
                .max()
                .orElseThrow();
    }

    private static String suffix(JsonNode row) {
        JsonNode goal = row.path("goal");
        return " <good> " + goal.path("good").asDouble() + " <bad> "
                + goal.path("bad").asDouble();
    }

    /** Its prompt, which asks for nothing else, tells the rewards that its completion has. */
    private static void tells(JsonNode row, Map<String, Double> statistics) {
        for (String model : List.of("good", "bad")) {
            double reward = (FakeServices.count(row.path("completion").asString(), model)
                            - statistics.getOrDefault(model + ".mean", Double.NaN))
                    / statistics.getOrDefault(model + ".std", Double.NaN);
            assertThat(row.path("goal").path(model).asDouble()).isCloseTo(reward, within(0.0500001));
        }
        assertThat(row.path("prompt").asString()).matches("(one|two|three|four) <good> \\S+ <bad> \\S+");
        assertThat(row.path("prompt").asString()).endsWith(suffix(row));
    }
}
