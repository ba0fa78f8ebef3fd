package dev.tribunal.reward.training.pair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Best;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.StopEarly;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Validation;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.methods.rewardmodel.BradleyTerry;
import dev.tribunal.methods.rewardmodel.Lcpo;
import dev.tribunal.methods.rewardmodel.Linear;
import dev.tribunal.methods.rewardmodel.PreferenceLoss;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.reward.LengthModel;
import dev.tribunal.reward.training.Candidate;
import dev.tribunal.reward.training.Split;
import dev.tribunal.reward.training.Trained;
import dev.tribunal.reward.training.TrainingFailedException;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.reward.training.TrainingPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PreferenceTrainingTest {

    private final LengthModel model = new LengthModel(0);
    private final List<Double> progress = new ArrayList<>();
    private final List<CurvePoint> curve = new ArrayList<>();

    @TempDir
    private Path folder;

    private LengthModel kept;

    @Test
    void theFirstStepWeighsEveryScoreByHalfAPairsShare() {
        train(pairs(2), plan(1, 2, 0));

        // Equal scores: sigma(0) / batch size, chosen and rejected in turn.
        assertThat(model.scoreWeights).containsExactly(new double[] {-0.25, 0.25, -0.25, 0.25});
    }

    @Test
    void theLongerCompletionIsLearnedToBeTheBetterOne() {
        Map<String, Double> metrics = train(pairs(20), plan(3, 4, 0.2));

        assertThat(metrics)
                .containsEntry("trainingPairs", 16.0)
                .containsEntry("validationPairs", 4.0)
                .containsEntry("steps", 12.0)
                .containsEntry("validationAccuracy", 1.0);
        assertThat(metrics.get("validationLoss")).isLessThan(Math.log(2));
    }

    @Test
    void theLearningRateWarmsUpLinearlyAndTheGradientIsClipped() {
        train(pairs(6), new TrainingPlan(1, 1, 0.4, 7, 0.5, 4, 0));

        assertThat(model.steps.stream().mapToDouble(AdamW::learningRate))
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b))
                .containsExactly(0.1, 0.2, 0.3, 0.4, 0.4, 0.4);
        assertThat(model.steps).allMatch(step -> step.gradientClip() == 0.5);
    }

    @Test
    void theProgressIsTheShareOfAllSteps() {
        train(pairs(4), plan(2, 2, 0));

        assertThat(progress).containsExactly(0.25, 0.5, 0.75, 1.0);
    }

    @Test
    void aLargeBatchIsOneStepOverSeveralPasses() {
        // A pair is two sequences of at most 14 tokens, and one pass holds at most 2048.
        train(pairs(160), plan(1, 160, 0));

        assertThat(model.steps).hasSize(1);
        assertThat(model.scoreWeights).hasSizeGreaterThan(1);
        assertThat(model.scoreWeights.stream()
                        .mapToInt(weights -> weights.length)
                        .sum())
                .isEqualTo(320);
        assertThat(model.scoreWeights)
                .allSatisfy(weights -> assertThat(weights[0]).isCloseTo(-0.5 / 160, within(1e-15)));
    }

    @Test
    void theCurveHasAPointForEachEpoch() {
        Map<String, Double> metrics = train(pairs(20), plan(3, 4, 0.2));

        assertThat(curve.stream().map(CurvePoint::step)).containsExactly(4, 8, 12);
        assertThat(curve.stream().map(CurvePoint::epoch)).containsExactly(1, 2, 3);
        assertThat(curve.getFirst().learningRate()).isEqualTo(0.01);
        assertThat(curve.getLast().trainingLoss()).isEqualTo(metrics.get("trainingLoss"));
        assertThat(curve.getLast().validationLoss()).isEqualTo(metrics.get("validationLoss"));
        assertThat(curve.getLast().validationAccuracy()).isEqualTo(1);
    }

    @Test
    void itMayBeMeasuredMoreOftenThanOnceAnEpoch() {
        trained(pairs(20), plan(1, 2, 0.2, Schedule.CONSTANT, new Validation(3, null, null)));

        assertThat(curve.stream().map(CurvePoint::step)).containsExactly(3, 6, 8);
    }

    @Test
    void aScheduleLowersTheLearningRateAfterTheWarmUp() {
        train(pairs(6), new TrainingPlan(1, 1, 0.4, 7, 0.5, 2, 0, Schedule.LINEAR, Validation.EACH_EPOCH));

        assertThat(model.steps.stream().mapToDouble(AdamW::learningRate))
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b))
                .containsExactly(0.2, 0.4, 0.4, 0.3, 0.2, 0.1);
    }

    /** What is held out prefers the shorter one, so that every step makes it worse: the first weights are the best ones. */
    @Test
    void theBestWeightsAreKeptAndTrainingStopsWherePatienceEnds() {
        List<PreferencePair> turned = turnedWhereHeldOut(pairs(40), 0.25);
        Validation best = new Validation(null, Best.VALIDATION_LOSS, new StopEarly(2, 0));

        Trained trained = trained(turned, plan(9, 10, 0.25, Schedule.CONSTANT, best));

        assertThat(trained.metrics()).containsEntry("bestStep", 3.0).containsEntry("steps", 9.0);
        assertThat(curve).hasSize(3);
        assertThat(curve.getFirst().validationLoss())
                .isEqualTo(trained.metrics().get("validationLoss"));
        assertThat(kept.weight()).isLessThan(model.weight()).isPositive();
        assertThat(model.closed).isTrue();
        assertThat(folder.resolve("best")).exists();
    }

    @Test
    void whereEveryMeasurementIsBetterTheLastWeightsAreKept() {
        Validation best = new Validation(null, Best.VALIDATION_LOSS, null);

        Trained trained = trained(pairs(20), plan(3, 4, 0.2, Schedule.CONSTANT, best));

        assertThat(trained.metrics()).containsEntry("bestStep", 12.0).containsEntry("steps", 12.0);
        assertThat(kept).isSameAs(model);
    }

    @Test
    void calibrationAndLengthAreMeasured() {
        Map<String, Double> metrics = train(pairs(20), plan(3, 4, 0.2));

        // All of the four held-out pairs are right with one and the same probability p, and longer is better.
        double p = Math.exp(-metrics.get("validationLoss"));
        assertThat(metrics.get("validationEce")).isCloseTo(1 - p, within(1e-9));
        assertThat(metrics.get("validationBrier")).isCloseTo((1 - p) * (1 - p), within(1e-9));
        assertThat(metrics.get("validationLengthCorrelation")).isCloseTo(1, within(1e-6));
        assertThat(metrics)
                .containsEntry("validationLongerPreferred", 1.0)
                .containsEntry("validationLongerChosen", 1.0);
        // Wilson's interval of 4 of 4.
        assertThat(metrics.get("validationAccuracy.low")).isCloseTo(0.5101, within(1e-4));
        assertThat(metrics).containsEntry("validationAccuracy.high", 1.0);
    }

    /** Pairs of one annotator are all turned around, and those of the other outweigh them. */
    @Test
    void lcpoFindsTheAnnotatorWhoIsWrong() {
        List<PreferencePair> labelled = IntStream.range(0, 60)
                .mapToObj(i -> new PreferencePair(
                        List.of(Message.user("p" + i)),
                        i % 4 == 0 ? "no" : "certainly",
                        i % 4 == 0 ? "certainly" : "no",
                        new PairLabel(null, null, i % 4 == 0 ? "wrong" : "right")))
                .toList();

        Trained trained = trained(model, labelled, plan(20, 6, 0), new Lcpo(BradleyTerry.PLAIN, 0.8, 0.9));

        assertThat(trained.metrics().get("reliability.right")).isGreaterThan(0.95);
        assertThat(trained.metrics().get("reliability.wrong")).isEqualTo(0.5);
    }

    private List<PreferencePair> turnedWhereHeldOut(List<PreferencePair> plain, double share) {
        var held = Split.of(read(model, plain).fitting(), share, 7).validation().stream()
                .map(TokenPair::prompt)
                .toList();
        return plain.stream()
                .map(pair -> held.contains(PairSurvey.key(pair.messages()))
                        ? new PreferencePair(
                                pair.messages(), /* chosen= */ pair.rejected(), /* rejected= */ pair.chosen())
                        : pair)
                .toList();
    }

    @Test
    void pairsThatDoNotFitAreLeftOutAndCounted() {
        List<PreferencePair> pairs = new ArrayList<>(pairs(2));
        pairs.add(pair("x".repeat(LengthModel.POSITIONS), "no"));

        assertThat(train(pairs, plan(1, 2, 0)))
                .containsEntry("pairsTooLong", 1.0)
                .containsEntry("trainingPairs", 2.0);
        assertThatThrownBy(() -> train(pairs.subList(2, 3), plan(1, 2, 0)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("32 positions");
    }

    @Test
    void trainingThatDivergesSaysWhatToDo() {
        assertThatThrownBy(() -> train(List.of(pair("what?", "no")), plan(1, 1, 0)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("diverged at step 0")
                .hasMessageContaining("lower learningRate");
    }

    @Test
    void aModelThatCannotTellItsOwnPairsApartFails() {
        // Half of the chosen completions are longer, half are shorter, and length is all that this model sees.
        List<PreferencePair> noPreference = IntStream.range(0, 40)
                .mapToObj(i -> new PreferencePair(
                        List.of(Message.user("p" + i)),
                        i % 2 == 0 ? "certainly" : "no",
                        i % 2 == 0 ? "no" : "certainly"))
                .toList();

        assertThatThrownBy(() -> train(noPreference, plan(1, 4, 0)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("20 of 40 pairs (50 %)")
                .hasMessageContaining("no better than chance");
    }

    @Test
    void aModelThatNothingMovedFails() {
        assertThatThrownBy(() -> train(pairs(20), new TrainingPlan(1, 4, 0, 7, 1, 0, 0)))
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("every text the same score")
                .hasMessageContaining("raise learningRate");
    }

    @Test
    void aLossThatHardlyFellIsTold() {
        Trained trained = trained(pairs(20), new TrainingPlan(1, 4, 1e-6, 7, 1, 0, 0));

        assertThat(trained.metrics()).containsEntry("trainedAccuracy", 1.0);
        assertThat(types(trained)).contains("loss-at-chance");
    }

    @Test
    void aLossThatFellIsFine() {
        assertThat(types(trained(pairs(20), plan(3, 4, 0)))).doesNotContain("loss-at-chance", "validation-at-chance");
    }

    static List<PreferenceLoss> losses() {
        BradleyTerry smoothed = new BradleyTerry(0, false, false, 0.45);
        return List.of(
                BradleyTerry.PLAIN,
                smoothed,
                new BradleyTerry(1, false, false, 0),
                new BradleyTerry(-1, false, false, 0),
                new BradleyTerry(2, false, false, 0.45),
                new Lcpo(BradleyTerry.PLAIN, 0.9, 0.99),
                new Lcpo(smoothed, 0.9, 0.99),
                new Linear());
    }

    /** All pairs differ by seven tokens; what is added to the weight while it learns is next to nothing. */
    @ParameterizedTest
    @MethodSource("losses")
    void whetherALossIsThatOfChanceDependsOnWhatCanBeReached(PreferenceLoss loss) {
        TrainingPlan hardly = new TrainingPlan(1, 4, 1e-9, 7, 1, 0, 0);

        assertThat(types(trained(new LengthModel(1e-5), pairs(20), hardly, loss)))
                .contains("loss-at-chance");
        assertThat(types(trained(new LengthModel(0.025), pairs(20), hardly, loss)))
                .as("scores that differ by 0.175")
                .doesNotContain("loss-at-chance");
    }

    /** The model knows how probable it is that each label is right: every second one is more probably wrong. */
    @Test
    void aLossOfLabelsThatAreMostlyDoubtedIsNotChance() {
        List<PreferencePair> doubted = IntStream.range(0, 40)
                .mapToObj(i -> new PreferencePair(
                        List.of(Message.user("p" + i)),
                        i % 2 == 0 ? "certainly" : "no",
                        i % 2 == 0 ? "no" : "certainly",
                        new PairLabel(i % 2 == 0 ? 0.9 : 0.1, null, PairLabel.ONLY_ANNOTATOR)))
                .toList();
        List<PreferencePair> enough = new ArrayList<>(doubted);
        enough.addAll(pairs(40));
        BradleyTerry soft = new BradleyTerry(0, false, true, 0);
        TrainingPlan hardly = new TrainingPlan(1, 4, 1e-9, 7, 1, 0, 0);

        assertThat(types(trained(new LengthModel(0.3), enough, hardly, soft))).doesNotContain("loss-at-chance");
        assertThat(types(trained(new LengthModel(1e-5), enough, hardly, soft))).contains("loss-at-chance");
    }

    @Test
    void anAccuracyAtChanceOnHeldOutPairsIsTold() {
        // What is learned from most prompts, that longer is better, is wrong for those that the seed holds out.
        List<PreferencePair> turned = turnedWhereHeldOut(pairs(40), 0.25);

        Trained trained = trained(turned, plan(3, 4, 0.25));

        assertThat(trained.metrics()).containsEntry("validationAccuracy", 0.0).containsEntry("validationPairs", 10.0);
        assertThat(trained.conditions())
                .filteredOn(condition -> condition.type().equals("validation-at-chance"))
                .singleElement()
                .satisfies(condition -> assertThat(condition.message()).contains("0 of 10 pairs"));
    }

    @Test
    void pairsThatBecomeTheSameTokensAreLeftOutAndTold() {
        List<PreferencePair> pairs = new ArrayList<>(pairs(12));
        pairs.add(new PreferencePair(List.of(Message.user("p")), "same", "same "));
        ScoringModel trimming = new LengthModel(0, String::strip);

        Trained trained = trained(trimming, pairs, plan(3, 4, 0), BradleyTerry.PLAIN);

        assertThat(trained.metrics()).containsEntry("pairsEqual", 1.0).containsEntry("trainingPairs", 12.0);
        assertThat(types(trained)).contains("pairs-equal");
        assertThatThrownBy(() -> read(trimming, pairs.subList(12, 13)).requireUsable())
                .isInstanceOf(TrainingFailedException.class)
                .hasMessageContaining("the same tokens");
    }

    private static List<String> types(Trained trained) {
        return trained.conditions().stream().map(Condition::type).toList();
    }

    private Map<String, Double> train(List<PreferencePair> pairs, TrainingPlan plan) {
        return trained(pairs, plan).metrics();
    }

    private Trained trained(List<PreferencePair> pairs, TrainingPlan plan) {
        return trained(model, pairs, plan, BradleyTerry.PLAIN);
    }

    private Trained trained(ScoringModel some, List<PreferencePair> pairs, TrainingPlan plan, PreferenceLoss loss) {
        Candidate candidate = new Candidate(some, folder.resolve("best"), LengthModel::load);
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
        Trained trained = new PreferenceTraining(candidate, plan, loss, listener).train(read(some, pairs));
        kept = (LengthModel) candidate.model();
        return trained;
    }

    private static Pairs read(ScoringModel model, List<PreferencePair> pairs) {
        Pairs read = new Pairs(model.tokenizer(), LengthModel.POSITIONS);
        pairs.forEach(read);
        return read;
    }

    private static TrainingPlan plan(int epochs, int batchSize, double validationShare) {
        return new TrainingPlan(epochs, batchSize, 0.01, 7, 1, 0, validationShare);
    }

    private static TrainingPlan plan(
            int epochs, int batchSize, double validationShare, Schedule schedule, Validation validation) {
        return new TrainingPlan(epochs, batchSize, 0.01, 7, 1, 0, validationShare, schedule, validation);
    }

    private static List<PreferencePair> pairs(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new PreferencePair(List.of(Message.user("p" + i)), "certainly", "no"))
                .toList();
    }

    private static PreferencePair pair(String chosen, String rejected) {
        return new PreferencePair(List.of(Message.user("p")), chosen, rejected);
    }
}
