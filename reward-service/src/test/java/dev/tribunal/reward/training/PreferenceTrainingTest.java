package dev.tribunal.reward.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.LengthModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreferenceTrainingTest {

    private final LengthModel model = new LengthModel(0);
    private final List<Double> progress = new ArrayList<>();

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

    @Test
    void anAccuracyAtChanceOnHeldOutPairsIsTold() {
        // What is learned from most prompts, that longer is better, is wrong for those that the seed holds out.
        List<PreferencePair> plain = pairs(40);
        Pairs all = new Pairs(model);
        plain.forEach(all);
        var held = PreferenceSplit.of(all.fitting(), 0.25, 7).validation().stream()
                .map(TokenPair::prompt)
                .toList();
        List<PreferencePair> turned = plain.stream()
                .map(pair -> held.contains(PairSurvey.key(pair.messages()))
                        ? new PreferencePair(
                                pair.messages(), /* chosen= */ pair.rejected(), /* rejected= */ pair.chosen())
                        : pair)
                .toList();

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

        Trained trained = new PreferenceTraining(trimming, plan(3, 4, 0), progress::add).train(read(trimming, pairs));

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
        return new PreferenceTraining(model, plan, progress::add).train(read(model, pairs));
    }

    private static Pairs read(ScoringModel model, List<PreferencePair> pairs) {
        Pairs read = new Pairs(model);
        pairs.forEach(read);
        return read;
    }

    private static TrainingPlan plan(int epochs, int batchSize, double validationShare) {
        return new TrainingPlan(epochs, batchSize, 0.01, 7, 1, 0, validationShare);
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
