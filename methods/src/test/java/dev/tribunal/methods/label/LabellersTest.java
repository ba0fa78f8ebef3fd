package dev.tribunal.methods.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.label.DifficultySplit.Difficulty;
import dev.tribunal.methods.label.DifficultySplit.WrongSigned;
import dev.tribunal.methods.label.EnsembleVotes.Strength;
import dev.tribunal.methods.label.EnsembleVotes.Vote;
import dev.tribunal.methods.label.HigherOverLower.Comparison;
import dev.tribunal.methods.label.RewardGoals.Range;
import dev.tribunal.methods.reward.Standardised.MeanAndStd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class LabellersTest {

    private static final double[] GAPS = {-3, -1, -0.5, 0, 0.5, 1, 3};
    private static final double INFINITE = 1e9;

    private static List<Double> kept(double gamma, Difficulty side, WrongSigned wrongSigned) {
        DifficultySplit split = new DifficultySplit(gamma, side, wrongSigned);
        return DoubleStream.of(GAPS).filter(split::keeps).boxed().toList();
    }

    @Test
    void theSplitIsDisjointAndComplete() {
        for (double gamma : new double[] {0, 0.5, 1, 2, INFINITE}) {
            List<Double> both = new ArrayList<>(kept(gamma, Difficulty.EASY, WrongSigned.KEEP));
            both.addAll(kept(gamma, Difficulty.DIFFICULT, WrongSigned.FLIP));

            assertThat(both)
                    .as("gamma %s", gamma)
                    .containsExactlyInAnyOrderElementsOf(
                            DoubleStream.of(GAPS).boxed().toList());
        }
    }

    @Test
    void aGapHasToExceedGamma() {
        assertThat(kept(1, Difficulty.EASY, WrongSigned.KEEP)).containsExactly(-3.0, 3.0);
        assertThat(kept(1, Difficulty.EASY, WrongSigned.DROP)).containsExactly(3.0);
        assertThat(kept(1, Difficulty.DIFFICULT, WrongSigned.DROP)).containsExactly(0.0, 0.5, 1.0);
    }

    @Test
    void gammaZeroIsDpoOnAllThatDifferAndAnInfiniteOneIsPpoOnAll() {
        assertThat(kept(0, Difficulty.DIFFICULT, WrongSigned.KEEP)).containsExactly(0.0);
        assertThat(kept(INFINITE, Difficulty.EASY, WrongSigned.KEEP)).isEmpty();
    }

    @Test
    void onlyWrongSignedPairsAreFlipped() {
        DifficultySplit split = new DifficultySplit(0, Difficulty.EASY, WrongSigned.FLIP);
        assertThat(split.flips(-1)).isTrue();
        assertThat(split.flips(1)).isFalse();
        assertThat(new DifficultySplit(0, Difficulty.EASY, WrongSigned.KEEP).flips(-1))
                .isFalse();
    }

    @Test
    void strengthIsTheMeanOfTheVotesAndTheirDeviation() {
        Strength strength = Strength.of(new double[] {1, 2, 6});
        assertThat(strength.mean()).isEqualTo(3);
        assertThat(strength.deviation()).isCloseTo(Math.sqrt(14.0 / 3), within(1e-12)); // (4 + 1 + 9) / 3
        assertThat(Strength.of(new double[] {2, 2}).deviation()).isZero();
    }

    private static List<Strength> strengths(double... means) {
        return DoubleStream.of(means).mapToObj(mean -> new Strength(mean, 1)).toList();
    }

    @Test
    void theWeakestShareIsFlippedAndItsStrengthTurnsWithIt() {
        List<Vote> votes = new EnsembleVotes(0.4, 0, 0, true).votes(strengths(0.5, -2, 3, -0.25, 1));

        assertThat(votes).extracting(Vote::flipped).containsExactly(false, true, false, true, false);
        assertThat(votes).extracting(Vote::margin).containsExactly(0.5, 2.0, 3.0, 0.25, 1.0);
        assertThat(votes).extracting(Vote::labelProbability).containsOnlyNulls();
    }

    @Test
    void flippingTwiceIsNoFlip() {
        List<Strength> once = new EnsembleVotes(1, 0, 0, true)
                .votes(strengths(-1, 2)).stream()
                        .map(vote -> new Strength(java.util.Objects.requireNonNull(vote.margin()), 1))
                        .toList();
        assertThat(new EnsembleVotes(1, 0, 0, true).votes(once))
                .extracting(Vote::margin)
                .containsExactly(-1.0, 2.0);
    }

    @Test
    void pairsThatTheVotesWouldTurnAroundAreSmoothed() {
        assertThat(new EnsembleVotes(0, 0.1, 0, false).votes(strengths(-1, 0, 2)))
                .extracting(Vote::labelProbability)
                .containsExactly(0.9, null, null);
        assertThat(new EnsembleVotes(0, 0.1, 1, false).votes(strengths(-1, 0, 2)))
                .extracting(Vote::labelProbability)
                .containsExactly(0.9, 0.9, null);
        assertThat(new EnsembleVotes(0.34, 0.1, 0, false).votes(strengths(-1, 0, 2)))
                .as("a pair that was flipped has a positive strength")
                .extracting(Vote::labelProbability)
                .containsOnlyNulls();
    }

    /** Margin 0 and smoothing 0 are Bradley and Terry's loss: nothing is said of any pair. */
    @Test
    void withoutHyperparametersVotesChangeNothing() {
        assertThat(new EnsembleVotes(0, 0, 0, false).votes(strengths(-1, 2))).containsOnly(new Vote(false, null, null));
    }

    @Test
    void comparisonsAreAllPairsOnce() {
        assertThat(HigherOverLower.all(3))
                .containsExactly(new Comparison(0, 1), new Comparison(0, 2), new Comparison(1, 2));
    }

    private static Map<String, Double> both(double helpful, double safe) {
        Map<String, Double> both = new LinkedHashMap<>();
        both.put("helpful", helpful);
        both.put("safe", safe);
        return both;
    }

    @Test
    void aPreferenceBecomesRewards() {
        Map<String, Range> ranges = new LinkedHashMap<>();
        ranges.put("helpful", new Range(-2, 3));
        ranges.put("safe", new Range(-1, 1));

        Map<String, Double> goal = RewardGoals.preferred(ranges, both(.8, .2));
        assertThat(goal.get("helpful")).isEqualTo(3.0);
        assertThat(goal.get("safe")).isCloseTo(-.2, within(1e-12));
        assertThat(RewardGoals.preferred(ranges, both(0, 1))).isEqualTo(both(-2, 1));
        assertThat(RewardGoals.preferred(ranges, both(.5, .5))).isEqualTo(both(3, 1));
        assertThatThrownBy(() -> RewardGoals.preferred(ranges, Map.of("helpful", 1.0)))
                .hasMessageContaining("weighs [helpful], but the rewards are [helpful, safe]");
    }

    /** Characters of the suffix that stand at the prompt's end stay there. */
    @Test
    void aGoalIsWrittenIntoThePromptAndTakenOutAgain() {
        Map<String, Double> goal = both(1.2, -0.3);
        for (String prompt : List.of("Can you help me please", "please >", "1.2", "x <helpful> 1.2 <safe> -0.3")) {
            assertThat(RewardGoals.asked(RewardGoals.asking(prompt, goal), goal))
                    .contains(prompt);
        }
        assertThat(RewardGoals.asking("How?", goal)).isEqualTo("How? <helpful> 1.2 <safe> -0.3");
        assertThat(RewardGoals.asked("How?", goal)).isEmpty();
    }

    @Test
    void rewardsAreStandardisedAndRounded() {
        RewardsInContext labeller = new RewardsInContext(Map.of(), null, 1, 0);
        MeanAndStd statistics = RewardsInContext.statistics(new double[] {1, 3, 5});
        assertThat(statistics).isEqualTo(new MeanAndStd(3, 2));
        assertThat(labeller.reward(3.52, statistics)).isEqualTo(0.3); // .26
        assertThat(labeller.reward(-1, statistics)).isEqualTo(-2.0);
        assertThat(RewardsInContext.statistics(new double[] {4, 4}).std()).isEqualTo(1);
    }

    @Test
    void aRowThatIsGoodInOneObjectiveIsKept() {
        List<Map<String, Double>> rewards = List.of(both(0, 9), both(1, 1), both(2, 2), both(3, 0));
        assertThat(new RewardsInContext(Map.of(), null, 1, 1).kept(rewards)).containsExactly(true, false, false, true);
        assertThat(new RewardsInContext(Map.of(), null, 1, 0).kept(rewards)).containsOnly(true);
        assertThat(new RewardsInContext(Map.of(), null, 1, 0.7).kept(rewards)) // from 2.1 and from 2.7
                .containsExactly(true, false, false, true);
        assertThat(RewardsInContext.quantile(new double[] {4, 1, 2, 3}, 0.7)).isCloseTo(3.1, within(1e-12));
    }
}
