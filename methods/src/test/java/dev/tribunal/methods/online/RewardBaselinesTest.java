package dev.tribunal.methods.online;

import static dev.tribunal.methods.Rated.advantages;
import static dev.tribunal.methods.Rated.group;
import static dev.tribunal.methods.Rated.logProbSlopes;
import static dev.tribunal.methods.Rated.regularizedRewards;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Need;
import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.online.Reinforce.Baseline;
import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** RLOO and REINFORCE: what a reward is compared with. */
class RewardBaselinesTest {

    private final RatedGroup golden = group(Rated.of(1), Rated.of(2), Rated.of(3), Rated.of(6));

    @Test
    void rlooComparesWithTheMeanOfTheOthers() {
        List<LossTerm> terms = new Rloo(0, 0.2).terms(List.of(golden));
        double[] advantages = advantages(terms, golden);
        assertThat(advantages).containsExactly(new double[] {-8 / 3.0, -4 / 3.0, 0, 4}, within(1e-12));
        assertThat(DoubleStream.of(advantages).sum()).isCloseTo(0, within(1e-12));
        assertThat(logProbSlopes(terms, golden.rollouts().getLast())).containsOnly(-1.0);
    }

    @Test
    void rloosRatioIsTheWholeCompletions() {
        LossTerm last = new Rloo(0, 0.2).terms(List.of(golden)).getLast();
        double a = Math.log(1.1) / 2;
        var slopes = last.slopes(List.of(new Now(new double[] {-20 + a, -20, -20 + a})));
        assertThat(slopes.rollouts().getFirst().logProbs()).containsOnly(new double[] {-1.1}, within(1e-12));
        assertThat(slopes.loss()).isCloseTo(-1.1, within(1e-12));
        var clipped = last.slopes(List.of(new Now(new double[] {-20 + 3 * a, -20, -20 + a}))); // 1.21
        assertThat(clipped.rollouts().getFirst().logProbs()).containsOnly(0);
        assertThat(clipped.loss()).isCloseTo(-1.2, within(1e-12));
    }

    @Test
    void theKlPenaltyIsInTheReward() {
        RatedGroup group = group(Rated.of(1).logRatio(4), Rated.of(1));
        List<LossTerm> terms = new Rloo(0.05, 0.2).terms(List.of(group));
        assertThat(regularizedRewards(terms, group)).containsExactly(new double[] {0.8, 1}, within(1e-12));
        assertThat(advantages(terms, group)).containsExactly(new double[] {-0.2, 0.2}, within(1e-12));
        assertThat(new Rloo(0.05, 0.2).needs()).contains(Need.REFERENCE);
        assertThat(new Rloo(0, 0.2).needs()).doesNotContain(Need.REFERENCE);
    }

    @Test
    void aViolationEarnsNothingWhateverItsScore() {
        RatedGroup group = group(Rated.of(9).infeasible(), Rated.of(1));
        assertThat(advantages(new Rloo(0, 0.2).terms(List.of(group)), group)).containsExactly(-1, 1);
        assertThat(advantages(reinforce(Baseline.BATCH_MEAN).terms(List.of(group)), group))
                .containsExactly(-0.5, 0.5);
    }

    @Test
    void aRolloutAloneHasNothingToBeComparedWith() {
        RatedGroup alone = group(Rated.of(9));
        assertThat(new Rloo(0, 0.2).terms(List.of(alone)).getFirst().isZero()).isTrue();
    }

    @Test
    void roundingOfLogRatiosIsNotASignal() {
        RatedGroup group =
                group(Rated.of(0.3).logRatio(2e-6), Rated.of(0.3), Rated.of(0.3).logRatio(-2e-6));
        for (PolicyOptimizer optimizer :
                List.of(new Rloo(0.05, 0.2), new Reinforce(Baseline.GROUP_MEAN, 0.9, 0.05).optimizer())) {
            assertThat(optimizer.terms(List.of(group)))
                    .allSatisfy(term -> assertThat(term.isZero()).isTrue());
        }
    }

    private static PolicyOptimizer reinforce(Baseline baseline) {
        return new Reinforce(baseline, 0.9, 0).optimizer();
    }

    @Test
    void reinforceComparesWithTheBatchOrTheGroup() {
        RatedGroup other = group(Rated.of(7), Rated.of(5));
        List<LossTerm> batch = reinforce(Baseline.BATCH_MEAN).terms(List.of(golden, other));
        assertThat(advantages(batch, golden)).containsExactly(-3, -2, -1, 2);
        assertThat(advantages(batch, other)).containsExactly(3, 1);
        assertThat(logProbSlopes(batch, golden.rollouts().getFirst())).containsOnly(3.0 / 6);
        List<LossTerm> ofGroup = reinforce(Baseline.GROUP_MEAN).terms(List.of(golden, other));
        assertThat(advantages(ofGroup, golden)).containsExactly(-2, -1, 0, 3);
        assertThat(advantages(ofGroup, other)).containsExactly(1, -1);
        assertThat(logProbSlopes(ofGroup, golden.rollouts().getFirst())).containsOnly(2.0 / 6);
    }

    @Test
    void theRunningMeanIsOfTheMinibatchesBefore() {
        PolicyOptimizer reinforce = reinforce(Baseline.RUNNING_MEAN);
        assertThat(advantages(reinforce.terms(List.of(golden)), golden))
                .as("the first has none before it")
                .containsExactly(-2, -1, 0, 3);
        RatedGroup next = group(Rated.of(4), Rated.of(14));
        assertThat(advantages(reinforce.terms(List.of(next)), next)).containsExactly(1, 11);
        assertThat(reinforce.state().get("mean")).isCloseTo(0.9 * 3 + 0.1 * 9, within(1e-12));
    }

    @Test
    void theRunningMeanGoesOnFromACheckpoint() {
        PolicyOptimizer one = reinforce(Baseline.RUNNING_MEAN);
        one.terms(List.of(golden));
        PolicyOptimizer two = reinforce(Baseline.RUNNING_MEAN);
        assertThat(two.state()).isEmpty();
        two.restore(one.state());
        RatedGroup next = group(Rated.of(4), Rated.of(14));
        assertThat(advantages(two.terms(List.of(next)), next))
                .containsExactly(advantages(one.terms(List.of(next)), next));
        two.restore(Map.of());
        assertThat(two.state()).isEmpty();
    }

    @Test
    void aMeanThatRunsOverOneRewardLeavesNoRounding() {
        PolicyOptimizer reinforce = reinforce(Baseline.RUNNING_MEAN);
        RatedGroup same = group(Rated.of(0.3), Rated.of(0.3), Rated.of(0.3));
        for (int step = 0; step < 50; step++) {
            assertThat(reinforce.terms(List.of(same)))
                    .allSatisfy(term -> assertThat(term.isZero()).isTrue());
        }
    }
}
