package dev.tribunal.reward.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Validation;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import dev.tribunal.contracts.reward.v1.RewardModelResource.HeadClass;
import dev.tribunal.contracts.reward.v1.ScoreResponse;
import dev.tribunal.contracts.reward.v1.ScoreResponse.Result;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.methods.rewardmodel.BradleyTerry;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.methods.rewardmodel.Moslim;
import dev.tribunal.methods.rewardmodel.Moslim.ClassHead;
import dev.tribunal.methods.rewardmodel.Moslim.Population;
import dev.tribunal.methods.rewardmodel.RewardModelLoss;
import dev.tribunal.methods.rewardmodel.SquaredError;
import dev.tribunal.reward.TinyCheckpoint;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.text.ScoredText;
import dev.tribunal.reward.training.Trained;
import dev.tribunal.reward.training.TrainingFailedException;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.servicekit.files.FileRoots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every loss on a real checkpoint, without the service around it. */
class CheckpointTrainingTest {

    private static final LocalEngine ENGINE = new LocalEngine();

    @TempDir
    private static Path home;

    @TempDir
    private Path scratch;

    private final List<CurvePoint> curve = new ArrayList<>();
    private final List<Double> progress = new ArrayList<>();

    @BeforeAll
    static void writeFiles() throws IOException {
        TinyCheckpoint.write(home.resolve("backbone"));
        lines("pairs.jsonl", i -> """
                {"prompt": "%s %d", "chosen": "%s", "rejected": "%s", "margin": 0.5, "labelProbability": 0.9}""".formatted(drawn(TinyCheckpoint.NEUTRAL, i, 0), i, text(i, true), text(i, false)));
        lines("rated.jsonl", i ->
                """
                {"prompt": "%s %d", "completion": "%s", "rating": %s}""".formatted(drawn(TinyCheckpoint.NEUTRAL, i, 0), i, text(i, isNice(i)), isNice(i) ? "4.5" : "2"));
        lines("classified.jsonl", i -> """
                {"prompt": "%s %d", "completion": "%s%s", "labels": {"tone": "%s"%s}}""".formatted(
                        drawn(TinyCheckpoint.NEUTRAL, i, 0),
                        i,
                        text(i, isNice(i)),
                        isLong(i) ? " today here today here" : "",
                        isNice(i) ? "warm" : "curt",
                        i % 5 == 0 ? "" : ", \"length\": " + (isLong(i) ? 2 : 1)));
    }

    private static void lines(String file, IntFunction<String> line) throws IOException {
        Files.writeString(
                home.resolve(file), IntStream.range(0, 240).mapToObj(line).collect(Collectors.joining("\n")));
    }

    private static boolean isNice(int i) {
        return CounterRandom.uniform(3, i) < 0.5;
    }

    private static boolean isLong(int i) {
        return CounterRandom.uniform(4, i) < 0.3;
    }

    private static String text(int i, boolean nice) {
        return drawn(nice ? TinyCheckpoint.NICE : TinyCheckpoint.RUDE, i, 1) + " "
                + drawn(TinyCheckpoint.NEUTRAL, i, 2);
    }

    private static String drawn(List<String> words, int i, int counter) {
        return words.get((int) (CounterRandom.uniform(CounterRandom.key(11, i), counter) * words.size()));
    }

    private static Training training(int epochs, RewardModelLoss loss, @Nullable Lora lora, Precision precision) {
        return new Training(
                epochs,
                16,
                1e-2,
                7,
                null,
                5,
                0.2,
                loss,
                Schedule.COSINE,
                Validation.EACH_EPOCH,
                precision,
                false,
                lora);
    }

    private Trained train(RewardModelLoss loss, String rows, Training training) {
        Train source = new Train(
                "hf:" + home.resolve("backbone"),
                loss.ofPairs() ? "file:" + home.resolve(rows) : null,
                loss.ofPairs() ? null : "file:" + home.resolve(rows),
                training);
        TrainingListener listener = new TrainingListener() {
            @Override
            public void progressed(double share) {
                progress.add(share);
            }

            @Override
            public void measured(CurvePoint point) {
                curve.add(point);
            }
        };
        return new CheckpointTraining(ENGINE, new FileRoots(List.of(home)), source, scratch, listener)
                .into(scratch.resolve("checkpoint"));
    }

    private List<float[]> outputs(String... completions) {
        try (ScoringModel model = ENGINE.loadScoring(scratch.resolve("checkpoint"))) {
            List<int[]> sequences = List.of(completions).stream()
                    .map(text -> ScoredText.tokens(model.tokenizer(), List.of(Message.user("train 999")), text))
                    .toList();
            return List.of(model.labelScores(sequences));
        }
    }

    @Test
    void aRewardModelHasAHeadForEachDimension() {
        Moslim loss = new Moslim(
                List.of(new ClassHead("tone", List.of("curt", "warm")), new ClassHead("length", List.of("1", "2"))),
                Population.VALIDATION);

        Trained trained = train(loss, "classified.jsonl", training(12, loss, null, Precision.FP32));

        assertThat(trained.metrics().get("validationAccuracy.tone")).isGreaterThan(.9);
        assertThat(trained.metrics().get("validationAccuracy.length")).isGreaterThan(.9);
        assertThat(trained.metrics().get("validationLoss")).isLessThan(Math.log(2));
        assertThat(curve).hasSize(12);
        assertThat(progress.getLast()).isEqualTo(1);
        assertThat(trained.conditions().stream().map(Condition::type))
                .doesNotContain("loss-at-chance", "class-never-seen");

        Heads heads = Heads.read(scratch.resolve("checkpoint"));
        assertThat(heads.list()).isEqualTo(trained.heads());
        assertThat(ENGINE.inspect(scratch.resolve("checkpoint")).labels())
                .isEqualTo(heads.labels())
                .containsExactly("tone/curt", "tone/warm", "length/1", "length/2");
        assertThat(heads.list()).extracting(Head::population).containsOnly(Population.VALIDATION);
        HeadClass warm = heads.list().getFirst().classes().getLast();
        assertThat(warm.mean()).isBetween(.2, .8);
        assertThat(warm.std()).isBetween(.2, .6);

        List<float[]> said = outputs("gladly river", "never river");
        Result nice = heads.result("nice", said.getFirst());
        Result rude = heads.result("rude", said.getLast());
        ScoreResponse.Head tone = nice.heads().getFirst();
        double probability = Objects.requireNonNull(tone.classes()).get("warm");
        assertThat(probability)
                .isGreaterThan(.8)
                .isGreaterThan(Objects.requireNonNull(rude.heads().getFirst().classes())
                                .get("warm")
                        + .5);
        assertThat(Objects.requireNonNull(tone.standardised()).get("warm"))
                .isCloseTo((probability - warm.mean()) / warm.std(), within(1e-12));
        assertThat(tone.mean()).isCloseTo(probability, within(1e-12));
        assertThat(nice.score()).isCloseTo((tone.mean() + nice.heads().getLast().mean()) / 2, within(1e-12));
        assertThat(nice.classes()).isNull();
    }

    @Test
    void anEnsembleOfHeadsLearnsTheFirstStagesReward() {
        Brme loss = new Brme(3, BradleyTerry.PLAIN, Brme.Fit.LIKELIHOOD, 25, null, 32);

        Trained trained = train(loss, "pairs.jsonl", training(3, loss, null, Precision.FP32));

        assertThat(trained.metrics().get("stage1.validationAccuracy")).isGreaterThan(.9);
        assertThat(trained.metrics().get("validationAccuracy")).isGreaterThan(.9);
        assertThat(trained.metrics().get("worstValidationAccuracy")).isGreaterThan(.9);
        assertThat(trained.metrics().get("validationHeadErrorShare")).isLessThan(.3);
        assertThat(trained.metrics().get("validationDeviation")).isPositive();
        assertThat(trained.metrics().get("validationDisagreement"))
                .as("heads that started differently are not the same")
                .isGreaterThan(1e-5);
        assertThat(progress).isSorted().endsWith(1.0);

        Heads heads = Heads.read(scratch.resolve("checkpoint"));
        assertThat(heads.labels()).startsWith("1/mean", "1/deviation", "2/mean").hasSize(6);
        float[] outputs = outputs("gladly the river").getFirst();
        Result result = heads.result("a", outputs);
        assertThat(result.heads()).hasSize(3);
        ScoreResponse.Head surest = result.heads().stream()
                .min((a, b) ->
                        Double.compare(Objects.requireNonNull(a.deviation()), Objects.requireNonNull(b.deviation())))
                .orElseThrow();
        assertThat(result.score()).isEqualTo(surest.mean());
        assertThat(result.deviation()).isEqualTo(surest.deviation());
        assertThat(result.heads().get(1).deviation()).isCloseTo(Brme.deviation(outputs[3]), within(1e-12));
    }

    @Test
    void ratedAnswersAreLearned() {
        SquaredError loss = new SquaredError();

        Trained trained = train(loss, "rated.jsonl", training(25, loss, null, Precision.FP32));

        assertThat(trained.metrics().get("validationCorrelation")).isGreaterThan(.9);
        List<float[]> said = outputs("gladly the river", "never the river");
        assertThat(said.getFirst()[0]).isGreaterThan(said.getLast()[0] + 1).isBetween(3.5f, 5.5f);
        assertThat(trained.heads()).isEmpty();
    }

    @Test
    void answersThatAllHaveOneRatingTeachNothing() throws IOException {
        lines("flat.jsonl", i -> "{\"prompt\": \"%d\", \"completion\": \"the\", \"rating\": 1}".formatted(i));
        SquaredError loss = new SquaredError();

        Assertions.assertThatThrownBy(() -> train(loss, "flat.jsonl", training(1, loss, null, Precision.FP32)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("the same rating");
    }

    /** The pairs say that nine in ten labels are right, and by how much: scores end nearer to each other. */
    @Test
    void softLabelsAndMarginsComeFromTheRows() {
        BradleyTerry soft = new BradleyTerry(0, false, true, 0);
        Trained trained = train(soft, "pairs.jsonl", training(6, soft, null, Precision.FP32));

        // The least loss is -.9 log .9 - .1 log .1 = .325, where sigma(d) = .9: an ECE and Brier far from 0.
        assertThat(trained.metrics().get("validationAccuracy")).isGreaterThan(.9);
        assertThat(trained.metrics().get("validationLoss")).isBetween(.32, .45);
        assertThat(trained.metrics().get("validationEce")).isBetween(.05, .2);
    }

    @Test
    void anAdapterAndTheHeadAreTrainedInPlaceOfTheWeights() {
        Lora lora = new Lora(4, 8, List.of("q_proj", "v_proj"));

        Trained trained =
                train(BradleyTerry.PLAIN, "pairs.jsonl", training(8, BradleyTerry.PLAIN, lora, Precision.FP32));

        assertThat(trained.metrics().get("validationAccuracy")).isGreaterThan(.9);
        List<float[]> said = outputs("gladly the river", "never the river");
        assertThat(said.getFirst()[0]).isGreaterThan(said.getLast()[0]);
        assertThat(ENGINE.inspect(scratch.resolve("checkpoint")).labels()).containsExactly("LABEL_0");
    }

    @Test
    void bf16IsComputedWhereTheProcessorHasIt() {
        Trained trained =
                train(BradleyTerry.PLAIN, "pairs.jsonl", training(6, BradleyTerry.PLAIN, null, Precision.BF16));

        assertThat(trained.metrics().get("validationAccuracy")).isGreaterThan(.9);
        assertThat(trained.conditions().stream()
                        .anyMatch(condition -> condition.type().equals("precision-fp32")))
                .isNotEqualTo(EngineSpeed.isWorthwhile(dev.tribunal.languagemodel.Precision.BF16));
    }
}
