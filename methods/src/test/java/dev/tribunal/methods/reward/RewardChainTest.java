package dev.tribunal.methods.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.reward.RobustScore.Scope;
import dev.tribunal.methods.reward.Standardised.MeanAndStd;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RewardChainTest {

    private static final Map<String, ScoreValue> NONE = Map.of();
    private static final WeightedScores WEIGHTS = new WeightedScores(Map.of("helpful", 0.75, "safe", 0.25));
    private static final Standardised STATISTICS =
            new Standardised(Map.of("helpful", new MeanAndStd(1, 2), "safe", new MeanAndStd(-3, 0.5)));

    private static Map<String, ScoreValue> scores(String model, double value) {
        return Map.of(model, ScoreValue.of(value));
    }

    private static Map<String, ScoreValue> scores(String model, double value, String other, double ofOther) {
        return Map.of(model, ScoreValue.of(value), other, ScoreValue.of(ofOther));
    }

    private static ScoreValue head(double mu, double sigma) {
        return new ScoreValue(mu, sigma, Map.of());
    }

    private static ScoreValue classes(String label, double probability) {
        return new ScoreValue(0, null, Map.of(label, probability, "other", 1 - probability));
    }

    private static LinkedHashSet<String> models(String... names) {
        return new LinkedHashSet<>(List.of(names));
    }

    private static RewardChain chain(RewardTransform... transforms) {
        return new RewardChain(List.of(transforms));
    }

    @Test
    void equationFiveIsTheDefault() {
        assertThat(RewardChain.DEFAULT.reward(scores("helpful", 2.0), scores("helpful", 1.0), Double.NaN))
                .isEqualTo(CalibratedReward.of(2, 1))
                .isCloseTo(.7311, within(5e-5));
        assertThat(RewardChain.DEFAULT.needsBaselineCompletion()).isTrue();
        assertThat(RewardChain.DEFAULT.needsReference()).isFalse();
    }

    @Test
    void withoutATransformTheRewardIsTheScore() {
        assertThat(chain().reward(scores("helpful", -3.5), NONE, 0)).isEqualTo(-3.5);
    }

    @Test
    void severalRewardModelsAreAddedAfterTheirStatistics() {
        Map<String, ScoreValue> scores = scores("helpful", 5.0, "safe", -2.0); // standardised 2 and 2
        assertThat(chain(STATISTICS, WEIGHTS).reward(scores, NONE, 0)).isCloseTo(2, within(1e-12));
        assertThat(chain(WEIGHTS).reward(scores, NONE, 0)).isCloseTo(3.25, within(1e-12));
    }

    /** MORLHF with all weight on one reward model is that reward model. */
    @Test
    void allWeightOnOneIsThatOne() {
        WeightedScores oneHot = new WeightedScores(Map.of("helpful", 1.0, "safe", 0.0));
        assertThat(chain(oneHot).reward(scores("helpful", 5.0, "safe", -2.0), NONE, 0))
                .isEqualTo(5);
    }

    /** What comes before calibration is done to the baseline completion's scores as well. */
    @Test
    void theBaselineCompletionGoesThroughTheSameTransforms() {
        Map<String, ScoreValue> scores = scores("helpful", 5.0, "safe", -2.0);
        Map<String, ScoreValue> baseline = scores("helpful", 3.0, "safe", -3.0); // standardised 1 and 0
        assertThat(chain(STATISTICS, WEIGHTS, new Calibrated()).reward(scores, baseline, 0))
                .isCloseTo(CalibratedReward.of(2, 0.75), within(1e-12));
        assertThat(chain(new Calibrated(), WEIGHTS).reward(scores, baseline, 0))
                .isCloseTo(0.75 * CalibratedReward.of(5, 3) + 0.25 * CalibratedReward.of(-2, -3), within(1e-12));
    }

    @Test
    void aConstantInTheRewardModelIsCalibratedAway() {
        assertThat(RewardChain.DEFAULT.reward(scores("helpful", 9.0), scores("helpful", 8.0), 0))
                .isEqualTo(RewardChain.DEFAULT.reward(scores("helpful", 2.0), scores("helpful", 1.0), 0));
    }

    @Test
    void theKlPenaltyIsTheCompletionsAlone() {
        RewardChain chain = chain(new KlPenalised(0.1), new Calibrated());
        assertThat(chain.reward(scores("helpful", 2.0), scores("helpful", 1.0), 4))
                .isCloseTo(CalibratedReward.of(1.6, 1), within(1e-12));
        assertThat(chain.needsReference()).isTrue();
        assertThatThrownBy(() -> chain.reward(scores("helpful", 2.0), scores("helpful", 1.0), Double.NaN))
                .hasMessageContaining("needs a reference");
    }

    @Test
    void theSigmoidNeedsNoBaselineCompletion() {
        RewardChain chain = chain(new Squashed());
        assertThat(chain.reward(scores("helpful", 0.0), NONE, 0)).isEqualTo(0.5);
        assertThat(chain.reward(scores("helpful", 800.0), NONE, 0)).isEqualTo(1);
        assertThat(chain.reward(scores("helpful", -800.0), NONE, 0)).isZero();
        assertThat(chain.needsBaselineCompletion()).isFalse();
    }

    @Test
    void whatIsNotScoredHasNoReward() {
        assertThat(RewardChain.DEFAULT.reward(scores("helpful", 2.0), NONE, 0)).isNull();
        assertThat(chain().reward(NONE, scores("helpful", 2.0), 0)).isNull();
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> RewardChain.DEFAULT.reward(scores("helpful", 2.0), scores("safe", 2.0), 0))
                .hasMessageContaining("baseline completion")
                .hasMessageContaining("helpful");
        assertThatThrownBy(() -> chain().reward(scores("helpful", 2.0, "safe", 1.0), NONE, 0))
                .hasMessageContaining("add {type: weighted-sum, weights: {")
                .hasMessageContaining("safe: 0.5");
        assertThatThrownBy(() -> chain(WEIGHTS).reward(scores("helpful", 2.0), NONE, 0))
                .hasMessageContaining("safe");
        assertThatThrownBy(() -> chain(WEIGHTS)
                        .reward(
                                Map.of(
                                        "helpful", ScoreValue.of(2),
                                        "safe", ScoreValue.of(1),
                                        "new", ScoreValue.of(1)),
                                NONE,
                                0))
                .hasMessageContaining("new");
        assertThatThrownBy(() -> chain(STATISTICS).reward(scores("new", 1.0), NONE, 0))
                .hasMessageContaining("helpful");
    }

    /** Heads mu = (1, .2, .6), sigma = (.1, .5, .3), alpha = .4 give .4 * 1 + .6 * .2. */
    @Test
    void theRobustScoreMixesTheSurestAndTheWorst() {
        RewardChain chain = chain(new RobustScore(0.4, 0, Scope.COMPLETION));
        assertThat(chain.reward(Map.of("a", head(1, .1), "b", head(.2, .5), "c", head(.6, .3)), NONE, 0))
                .isCloseTo(.52, within(1e-12));
        assertThat(chain.reward(Map.of("a", head(1, .5), "b", head(.2, .1), "c", head(.6, .3)), NONE, 0))
                .isCloseTo(.2, within(1e-12));
        assertThat(chain.reward(Map.of("a", head(.7, .2), "b", head(.7, .2)), NONE, 0))
                .isCloseTo(.7, within(1e-12));
        assertThat(chain(new RobustScore(1, 0, Scope.COMPLETION))
                        .reward(Map.of("a", head(1, .1), "b", head(.2, .5)), NONE, 0))
                .isEqualTo(1);
    }

    /** As theRobustScoreMixesTheSurestAndTheWorst, of one reward model that has the heads. */
    @Test
    void theHeadsOfOneRewardModelAreAnEnsemble() {
        ScoreValue surest = new ScoreValue(
                1,
                .1,
                Map.of(),
                List.of(new HeadScore("a", 1, .1), new HeadScore("b", .2, .5), new HeadScore("c", .6, .3)));
        Map<String, ScoreValue> scores = Map.of("brme", surest);
        assertThat(chain(new RobustScore(0.4, 0, Scope.COMPLETION)).reward(scores, NONE, 0))
                .isCloseTo(.52, within(1e-12));
        assertThat(together(List.of(chain(OF_BATCH)), List.of(scores))
                        .getFirst()
                        .reward(scores, NONE, 0))
                .isCloseTo(.52, within(1e-12));
    }

    @Test
    void oneRewardModelRanksByItsScoreWhereTheOrderIsKept() {
        Map<String, ScoreValue> scores = scores("a", 3.0);
        assertThat(chain(new Calibrated()).rank(scores, NONE, 0)).isEqualTo(3);
        RewardChain cold = chain(new ClassTarget(Map.of("a", new ClassTarget.Target("cold", null, 0.0, 1.0))));
        assertThat(cold.rank(Map.of("a", new ScoreValue(.9, null, Map.of("cold", .1, "warm", .9))), NONE, 0))
                .as("what is asked for, not the expected class")
                .isCloseTo(.1, within(1e-12));
    }

    private static final RobustScore OF_BATCH = new RobustScore(.4, 0, Scope.BATCH);

    private static List<RewardChain> together(List<RewardChain> chains, List<Map<String, ScoreValue>> ofPrompts) {
        return RewardChain.within(
                chains,
                ofPrompts.stream()
                        .map(scores -> List.of(new RewardChain.Completion(scores, NONE, 0)))
                        .toList());
    }

    /** BRME, eq. 7: the minimum over the heads is of their means over the completions. */
    @Test
    void overABatchTheWorstRewardModelIsTheOneOfTheLowestMean() {
        // Means: a (.9 + .1)/2 = .5, b (.3 + .4)/2 = .35, so that b is the worst, also where a is.
        Map<String, ScoreValue> one = Map.of("a", head(.9, .1), "b", head(.3, .2));
        Map<String, ScoreValue> two = Map.of("a", head(.1, .1), "b", head(.4, .2));
        List<RewardChain> chains = together(List.of(chain(OF_BATCH), chain(OF_BATCH)), List.of(one, two));
        assertThat(chains.getFirst().reward(one, NONE, 0)).isCloseTo(.4 * .9 + .6 * .3, within(1e-12));
        assertThat(chains.getLast().reward(two, NONE, 0)).isCloseTo(.4 * .1 + .6 * .4, within(1e-12));
        RewardChain byItself = chain(new RobustScore(.4, 0, Scope.COMPLETION));
        assertThat(byItself.reward(two, NONE, 0)).isCloseTo(.1, within(1e-12));
        assertThat(chain(OF_BATCH).looksAtBatch()).isTrue();
        assertThat(byItself.looksAtBatch()).isFalse();
    }

    @Test
    void aBatchOfOneCompletionIsThatCompletion() {
        for (Map<String, ScoreValue> heads : List.of(
                Map.of("a", head(1, .1), "b", head(.2, .5), "c", head(.6, .3)),
                Map.of("a", head(1, .5), "b", head(.2, .1), "c", head(.6, .3)),
                Map.of("a", head(.7, .2), "b", head(.7, .2)))) {
            double ofCompletion =
                    chain(new RobustScore(.4, 0, Scope.COMPLETION)).reward(heads, NONE, 0);
            assertThat(together(List.of(chain(OF_BATCH)), List.of(heads))
                            .getFirst()
                            .reward(heads, NONE, 0))
                    .isEqualTo(ofCompletion);
        }
        assertThat(together(List.of(chain(OF_BATCH)), List.of(Map.of("a", head(1, .1), "b", head(.2, .5))))
                        .getFirst()
                        .reward(Map.of("a", head(1, .1), "b", head(.2, .5)), NONE, 0))
                .isCloseTo(.52, within(1e-12));
    }

    @Test
    void theMeansAreOfWhatTheTransformsBeforeMake() {
        Standardised flipped = new Standardised(Map.of("a", new MeanAndStd(10, 1), "b", new MeanAndStd(0, 1)));
        Map<String, ScoreValue> scores = Map.of("a", head(1, .1), "b", head(.5, .2));
        RewardChain chain = chain(flipped, new RobustScore(0, 0, Scope.BATCH));
        assertThat(together(List.of(chain, chain), List.of(scores, scores))
                        .getLast()
                        .reward(scores, NONE, 0))
                .as("a is 1 - 10 after the z-norm")
                .isEqualTo(-9);
        assertThat(RewardChain.within(List.of(chain), List.of(List.of())))
                .as("nothing has a score")
                .containsExactly(chain);
    }

    @Test
    void objectivesAreTheValuesBeforeTheyBecomeOne() {
        Map<String, ScoreValue> scores = scores("helpful", 2, "safe", -1);
        Map<String, ScoreValue> baseline = scores("helpful", 1, "safe", -1);
        RewardChain chain = chain(new Calibrated(), WEIGHTS, new Squashed());
        assertThat(chain.objectives(scores, baseline, 0).get("helpful")).isCloseTo(.7310586, within(1e-6));
        assertThat(chain.objectives(scores, baseline, 0).get("safe")).isEqualTo(.5);
        assertThat(chain(WEIGHTS).objectives(scores, NONE, 0)).isEqualTo(Map.of("helpful", 2.0, "safe", -1.0));
        assertThat(chain(new RobustScore(0, 0, Scope.COMPLETION)).objectives(scores, NONE, 0))
                .isEqualTo(Map.of("helpful", 2.0, "safe", -1.0));
        assertThat(chain(new Squashed()).objectives(scores("a", 0), NONE, 0)).isEqualTo(Map.of("a", .5));
        assertThat(chain.objectives(scores, NONE, 0))
                .as("no baseline completion")
                .isEmpty();
        assertThat(chain.objectives(NONE, baseline, 0)).isEmpty();
    }

    /** One reward model that knows its deviation: .25 * 2 + .75 * (2 - 2 * .5). */
    @Test
    void theWorstCaseMayLieDeviationsBelowTheMean() {
        assertThat(chain(new RobustScore(.25, 2, Scope.COMPLETION)).reward(Map.of("a", head(2, .5)), NONE, 0))
                .isCloseTo(1.25, within(1e-12));
        // Standardised to mu = .5, sigma = .25 by a mean of 1 and a std of 2.
        Standardised halved = new Standardised(Map.of("a", new MeanAndStd(1, 2)));
        assertThat(chain(halved, new RobustScore(0, 1, Scope.COMPLETION)).reward(Map.of("a", head(2, .5)), NONE, 0))
                .isCloseTo(.25, within(1e-12));
    }

    @Test
    void theLeastOfTheScoresNeedsNoDeviation() {
        assertThat(chain(new RobustScore(0, 0, Scope.COMPLETION)).reward(scores("a", 3, "b", -1), NONE, 0))
                .isEqualTo(-1);
        assertThat(new RobustScore(0, 0, Scope.COMPLETION).lackOf("a", ScoreValue.of(1)))
                .isNull();
        assertThat(chain(new RobustScore(.4, 0, Scope.COMPLETION)).lackOf("a", ScoreValue.of(1)))
                .contains("has no deviation");
    }

    /** P = (.7, .2, .9), avg = (.5, .4, .5), std = (.1, .2, .2), mask = (1, 1, 0): (2 - 1 + 0) / 3. */
    @Test
    void classesBecomeRewardsByTheirTargets() {
        ClassTarget targets = new ClassTarget(Map.of(
                "a", new ClassTarget.Target("high", null, .5, .1),
                "b", new ClassTarget.Target("high", null, .4, .2),
                "c", new ClassTarget.Target("high", null, .5, .2)));
        WeightedScores mean = new WeightedScores(Map.of("a", 1 / 3.0, "b", 1 / 3.0, "c", 0.0));
        Map<String, ScoreValue> heads =
                Map.of("a", classes("high", .7), "b", classes("high", .2), "c", classes("high", .9));
        assertThat(chain(targets, mean).reward(heads, NONE, 0)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(targets.lackOf("a", classes("low", .7))).isEqualTo("has no class 'high', only [low, other]");
        assertThat(targets.lackOf("a", ScoreValue.of(1))).contains("has no classes");
        assertThat(targets.lackOf("another", ScoreValue.of(1))).isNull();
    }

    private static HeadScore classHead(String name, double p, double standardised) {
        return new HeadScore(
                name, 0, null, Map.of("high", p, "low", 1 - p), Map.of("high", standardised, "low", -standardised));
    }

    private static RewardChain asking(ClassTarget.Average average, String... heads) {
        Map<String, ClassTarget.Target> targets = new TreeMap<>();
        for (String head : heads) {
            targets.put("style/" + head, new ClassTarget.Target("high", null, null, null));
        }
        return chain(new ClassTarget(targets, average));
    }

    /** The same of one reward model with three heads, by its stored statistics: 1/k gives .3333, by heads asked .5. */
    @Test
    void theHeadsOfOneRewardModelAreAveraged() {
        ScoreValue score = new ScoreValue(
                0, null, Map.of(), List.of(classHead("a", .7, 2), classHead("b", .2, -1), classHead("c", .9, 2)));
        Map<String, ScoreValue> scores = Map.of("style", score);

        assertThat(asking(ClassTarget.Average.HEADS, "a", "b").reward(scores, NONE, 0))
                .isCloseTo(1 / 3.0, within(1e-12));
        assertThat(asking(ClassTarget.Average.ASKED, "a", "b").reward(scores, NONE, 0))
                .isCloseTo(.5, within(1e-12));
        assertThat(asking(ClassTarget.Average.HEADS, "b", "a").misfit(models("style")))
                .isEmpty();
        // What is written goes before what is stored.
        ClassTarget written = new ClassTarget(Map.of(
                "style/a", new ClassTarget.Target("high", null, .5, .1),
                "style/b", new ClassTarget.Target("high", null, .4, .1)));
        assertThat(chain(written).reward(scores, NONE, 0)).isCloseTo((2 - 2) / 3.0, within(1e-12));
        assertThat(written.lackOf("style", ScoreValue.of(1))).isEqualTo("has no head 'a'");
        assertThat(new ClassTarget(Map.of("style", new ClassTarget.Target("high", null, null, null)))
                        .lackOf("style", score))
                .isEqualTo("has several heads; write MODEL/HEAD, with one of a, b, c");
    }

    /** A prompt that asks for nothing has the reward 0 in both forms. */
    @Test
    void aPromptThatAsksForNothingHasNoReward() {
        Map<String, ScoreValue> scores =
                Map.of("style", new ScoreValue(0, null, Map.of(), List.of(classHead("a", .7, 2))));
        for (ClassTarget.Average average : ClassTarget.Average.values()) {
            RewardChain chain = chain(
                    new ClassTarget(Map.of("style/a", new ClassTarget.Target(null, "wanted", null, null)), average));
            assertThat(chain.askedBy(_ -> null).reward(scores, NONE, 0)).isZero();
            assertThat(chain.askedBy(_ -> "low").reward(scores, NONE, 0)).isEqualTo(-2);
        }
    }

    /** (x - 1) / 2 of a value is that of its heads' means, and their deviations are halved. */
    @Test
    void aLinearTransformIsThatOfTheHeadsToo() {
        ScoreValue score =
                new ScoreValue(3, .4, Map.of(), List.of(new HeadScore("1", 3, .4), new HeadScore("2", -1, 1.0)));
        Standardised standardised = new Standardised(Map.of("a", new MeanAndStd(1, 2)));
        assertThat(standardised.apply(Map.of("a", score), NONE, 0).get("a").heads())
                .containsExactly(new HeadScore("1", 1, .2), new HeadScore("2", -1, .5));
    }

    /** The requested class decides which of two answers is the better one. */
    @Test
    void anotherTargetTurnsThePreferenceAround() {
        Map<String, ScoreValue> terse = Map.of("style", classes("terse", .9));
        Map<String, ScoreValue> wordy = Map.of("style", classes("terse", .2));
        RewardChain wantsTerse =
                chain(new ClassTarget(Map.of("style", new ClassTarget.Target("terse", null, 0.0, 1.0))));
        RewardChain wantsOther =
                chain(new ClassTarget(Map.of("style", new ClassTarget.Target("other", null, 0.0, 1.0))));
        assertThat(wantsTerse.reward(terse, NONE, 0)).isGreaterThan(wantsTerse.reward(wordy, NONE, 0));
        assertThat(wantsOther.reward(terse, NONE, 0)).isLessThan(wantsOther.reward(wordy, NONE, 0));
    }

    /** The paper's mask: a head that a prompt does not ask for adds nothing. */
    @Test
    void thePromptMaySayWhichClassItAsksFor() {
        RewardChain chain = chain(
                new ClassTarget(Map.of(
                        "a", new ClassTarget.Target(null, "wanted.a", .5, .1),
                        "b", new ClassTarget.Target(null, "wanted.b", .4, .2))),
                new WeightedScores(Map.of("a", .5, "b", .5)));
        Map<String, ScoreValue> heads = Map.of("a", classes("high", .7), "b", classes("high", .2));
        Map<String, String> asksForOne = Map.of("wanted.a", "high");
        Map<String, String> asksForBoth = Map.of("wanted.a", "high", "wanted.b", "high");

        assertThat(chain.askedBy(asksForOne::get).reward(heads, NONE, 0)).isCloseTo(1, within(1e-12));
        assertThat(chain.askedBy(asksForBoth::get).reward(heads, NONE, 0)).isCloseTo(.5, within(1e-12));
        assertThat(chain.askedBy(field -> "warm").lackOf("a", classes("high", .7)))
                .isEqualTo("has no class 'warm', only [high, other]");
        assertThat(chain.lackOf("a", classes("high", .7))).contains("there is no prompt; write label");
        assertThat(chain.misfit(models("a", "b"))).isEmpty();
    }

    @Test
    void aChainThatCannotFoldTheScoresIsAMisfit() {
        assertThat(chain(WEIGHTS, new Calibrated()).misfit(models("helpful", "safe")))
                .isEmpty();
        assertThat(chain(new RobustScore(.4, 1, Scope.COMPLETION)).misfit(models("a")))
                .isEmpty();
        assertThat(RewardChain.DEFAULT.misfit(models("helpful", "safe")).orElseThrow())
                .isEqualTo(new RewardChain.Misfit(
                        1,
                        "a reward is one number, but the transforms leave those of helpful, safe;"
                                + " add {type: weighted-sum, weights: {helpful: 0.500, safe: 0.500}}, or robust"));
        assertThat(chain(WEIGHTS).misfit(models("helpful", "harmless")).orElseThrow())
                .isEqualTo(new RewardChain.Misfit(0, "there is no weight for 'harmless', only for [helpful, safe]"));
        assertThat(chain(WEIGHTS, new RobustScore(.4, 0, Scope.COMPLETION))
                        .misfit(models("helpful", "safe"))
                        .orElseThrow()
                        .transform())
                .isEqualTo(1);
        RewardTransform target = new ClassTarget(Map.of("a", new ClassTarget.Target("high", null, 0.0, 1.0)));
        assertThat(chain(target).misfit(models("a"))).isEmpty();
        assertThat(chain(new Squashed(), target)
                        .misfit(models("a"))
                        .orElseThrow()
                        .transform())
                .isEqualTo(1);
    }

    @Test
    void itIsKnownWhichChainsStayWithinTheUnit() {
        assertThat(RewardChain.DEFAULT.isWithinUnit()).isTrue();
        assertThat(chain(WEIGHTS, new Calibrated()).isWithinUnit()).isTrue();
        assertThat(chain(new Calibrated(), WEIGHTS).isWithinUnit()).isTrue();
        assertThat(chain(new Calibrated(), new WeightedScores(Map.of("a", 1.0, "b", 1.0)))
                        .isWithinUnit())
                .isFalse();
        assertThat(chain(new Calibrated(), new KlPenalised(.1)).isWithinUnit()).isFalse();
        assertThat(chain(new Squashed(), new RobustScore(0, 0, Scope.COMPLETION))
                        .isWithinUnit())
                .isTrue();
        assertThat(chain().isWithinUnit()).isFalse();
    }

    /** Of one it is the raw score: sigma may make rewards equal that are not. */
    @Test
    void severalRewardModelsRankByTheReward() {
        assertThat(RewardChain.DEFAULT.rank(scores("a", 900), scores("a", 0), 0))
                .isEqualTo(900);
        assertThat(chain(WEIGHTS).rank(scores("helpful", 2, "safe", 4), NONE, 0))
                .isCloseTo(2.5, within(1e-12));
        assertThat(chain(WEIGHTS).rank(NONE, NONE, 0)).isNaN();
    }
}
