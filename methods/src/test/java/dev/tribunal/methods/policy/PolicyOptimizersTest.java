package dev.tribunal.methods.policy;

import static dev.tribunal.methods.policy.Rated.group;
import static dev.tribunal.methods.policy.Rated.roles;
import static dev.tribunal.methods.policy.Rated.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.policy.RatedGroup.RatedBaseline;
import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of the methods whatever the numbers, and their empty groups. */
class PolicyOptimizersTest {

    private static final List<PolicyOptimizer> ALL = List.of(new Crpg(10), new Crraft(10), new Codpo(0.1, 2));

    private static final double[] SCORES = {2, 1, 0.5, 3};
    private static final boolean[] FEASIBLE = {true, true, false, true};
    private static final double[] LOG_RATIOS = {1, 0, 2, -3};

    @Test
    void addingAConstantToTheRewardModelChangesNothing() {
        RatedGroup group = group(1, SCORES, FEASIBLE, LOG_RATIOS);
        RatedGroup shifted = group(8, new double[] {9, 8, 7.5, 10}, FEASIBLE, LOG_RATIOS);
        for (PolicyOptimizer optimizer : ALL) {
            assertThat(weights(optimizer.weigh(List.of(shifted)).getFirst()))
                    .as("%s", optimizer)
                    .containsExactly(weights(optimizer.weigh(List.of(group)).getFirst()), within(1e-12));
        }
    }

    @Test
    void oneViolationTakesTheWholeRegularizedReward() {
        Crpg crpg = new Crpg(10);
        RatedRollout feasible =
                group(0, SCORES, FEASIBLE, LOG_RATIOS).rollouts().getFirst();
        RatedRollout violated = new RatedRollout(
                feasible.score(), feasible.calibratedReward(), feasible.logRatio(), false, feasible.tokens());
        assertThat(crpg.regularizedReward(feasible)).isPositive();
        assertThat(crpg.regularizedReward(violated)).isZero();
    }

    @Test
    void theLeashExceedsOneBelowTheReference() {
        RatedRollout below = new RatedRollout(0, 0.5, -5, true, 1);
        assertThat(new Crpg(10).regularizedReward(below)).isEqualTo(0.5 * 1.5);
    }

    @Test
    void crpgsMeanRunsOverTheWholeMinibatch() {
        RatedGroup high = group(0, new double[] {4, 4}, new boolean[] {true, true}, new double[2]);
        RatedGroup low = group(0, new double[] {-4, -4}, new boolean[] {true, true}, new double[2]);
        List<WeightedGroup> weighted = new Crpg(10).weigh(List.of(high, low));
        assertThat(weights(weighted.getFirst()))
                .as("a mean for each prompt would leave nothing")
                .containsOnly(new double[] {0.4820}, within(1e-4));
        assertThat(weights(weighted.getLast())).containsOnly(new double[] {-0.4820}, within(1e-4));
    }

    @Test
    void negativeScoresDoNotMakeAViolatorTheChosenOne() {
        // An argmax over score times feasibility would choose the third, whose product 0 beats -1, and reject it too.
        RatedGroup group = group(new double[] {-1, -2, -3}, new boolean[] {true, true, false});
        assertThat(roles(new Codpo(0.1, 0).weigh(List.of(group)).getFirst()))
                .containsExactly("chosen", "-", "rejected");
        assertThat(roles(new Crraft(10).weigh(List.of(group)).getFirst())).containsExactly("best", "-", "-");
    }

    @Test
    void positiveScoresDoNotMakeAFeasibleOneTheRejected() {
        RatedGroup group = group(SCORES, FEASIBLE);
        assertThat(roles(new Codpo(0.1, 0).weigh(List.of(group)).getFirst()))
                .containsExactly("-", "-", "rejected", "chosen");
    }

    @Test
    void codpoSkipsAPromptWithoutAFeasibleCompletionAndStillCountsIt() {
        RatedGroup hopeless = group(SCORES, new boolean[4]);
        RatedGroup fair = group(SCORES, FEASIBLE);
        Codpo codpo = new Codpo(0.1, 0);
        List<WeightedGroup> weighted = codpo.weigh(List.of(hopeless, fair));
        assertThat(weights(weighted.getFirst())).containsOnly(0.0);
        WeightedRollout chosen = weighted.getLast().rollouts().get(3);
        assertThat(chosen.tokenWeights()).containsOnly(-chosen.weight() / 2);
    }

    @Test
    void codpoWithoutAViolationRejectsTheLowest() {
        RatedGroup group = group(SCORES, new boolean[] {true, true, true, true});
        assertThat(roles(new Codpo(0.1, 0).weigh(List.of(group)).getFirst()))
                .containsExactly("-", "-", "rejected", "chosen");
    }

    @Test
    void codpoNeverPairsACompletionWithItself() {
        RatedGroup alone = group(new double[] {1}, new boolean[] {true});
        assertThat(weights(new Codpo(0.1, 2).weigh(List.of(alone)).getFirst())).containsOnly(0.0);

        RatedGroup tied = group(new double[] {1, 1, 1}, new boolean[] {true, true, true});
        assertThat(roles(new Codpo(0.1, 2).weigh(List.of(tied)).getFirst())).containsExactly("chosen", "rejected", "-");
    }

    @Test
    void codpoWithOneFeasibleCompletionPairsItWithTheWorstViolator() {
        RatedGroup group = group(new double[] {-5, 2, 3}, new boolean[] {true, false, false});
        assertThat(roles(new Codpo(0.1, 0).weigh(List.of(group)).getFirst()))
                .containsExactly("chosen", "rejected", "-");
    }

    @Test
    void crraftFallsBackToAFeasibleBaselineCompletion() {
        RatedGroup group = group(SCORES, new boolean[4]);
        WeightedGroup weighted = new Crraft(10)
                .weigh(List.of(new RatedGroup(group.rollouts(), new RatedBaseline(true, 5))))
                .getFirst();
        assertThat(weights(weighted)).containsOnly(0.0);
        WeightedRollout baseline = Objects.requireNonNull(weighted.baseline());
        assertThat(baseline.weight()).isEqualTo(0.5);
        assertThat(baseline.tokenWeights()).hasSize(5).containsOnly(-0.5);
    }

    @Test
    void crraftSkipsAPromptWhoseBaselineCompletionIsInfeasibleOrUndecided() {
        List<RatedRollout> rollouts = group(SCORES, new boolean[4]).rollouts();
        Crraft crraft = new Crraft(10);
        assertThat(crraft.weigh(List.of(new RatedGroup(rollouts, new RatedBaseline(false, 5))))
                        .getFirst()
                        .baseline())
                .isNull();
        assertThat(crraft.weigh(List.of(new RatedGroup(rollouts, null)))
                        .getFirst()
                        .baseline())
                .isNull();
    }

    @Test
    void crraftLeavesTheBaselineAloneWhereACompletionIsLeft() {
        RatedGroup group = new RatedGroup(group(SCORES, FEASIBLE).rollouts(), new RatedBaseline(true, 5));
        assertThat(new Crraft(10).weigh(List.of(group)).getFirst().baseline()).isNull();
    }

    @Test
    void tokenWeightsHaveTheCompletionsLength() {
        for (PolicyOptimizer optimizer : ALL) {
            assertThat(optimizer
                            .weigh(List.of(group(SCORES, FEASIBLE)))
                            .getFirst()
                            .rollouts())
                    .as("%s", optimizer)
                    .hasSize(4)
                    .allSatisfy(rollout -> assertThat(rollout.tokenWeights()).hasSize(Rated.TOKENS));
        }
    }

    @Test
    void anEmptyBatchHasNoWeights() {
        for (PolicyOptimizer optimizer : ALL) {
            assertThat(optimizer.weigh(List.of())).isEmpty();
        }
    }

    /** 0.3 is not a double, so that a mean of many is not one of them. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.1, 0.7310585786300049, 0.5, 1e-9, 1, 0})
    void theSameRewardForAllWeighsNothingWhateverTheSize(double reward) {
        for (int prompts : new int[] {1, 2, 3, 7, 16}) {
            for (int size = 1; size <= 40; size++) {
                // What fp32 leaves of a log-ratio of 0 over this many tokens.
                List<RatedGroup> groups = new ArrayList<>();
                for (int p = 0; p < prompts; p++) {
                    List<RatedRollout> rollouts = new ArrayList<>();
                    for (int k = 0; k < size; k++) {
                        double noise = ((k * 7 + p) % 5 - 2) * 4e-6 * (1 + k % 64);
                        rollouts.add(new RatedRollout(1, reward, noise / 2, true, 1 + k % 64));
                    }
                    groups.add(new RatedGroup(rollouts, null));
                }
                for (WeightedGroup group : new Crpg(10).weigh(groups)) {
                    assertThat(Rated.weights(group)).containsOnly(0);
                    assertThat(group.rollouts())
                            .allSatisfy(rollout ->
                                    assertThat(rollout.tokenWeights()).containsOnly(0));
                }
            }
        }
    }

    @Test
    void aDifferenceAboveRoundingIsASignalBeItOfOneRewardOrOneLogRatio() {
        RatedRollout plain = new RatedRollout(1, 0.3, 0, true, 4);
        for (RatedRollout other : List.of(
                new RatedRollout(1, 0.30001, 0, true, 4),
                new RatedRollout(1, 0.3, 0.01, true, 4),
                new RatedRollout(1, 0.3, 0, false, 4))) {
            double[] weights = Rated.weights(new Crpg(10)
                    .weigh(List.of(new RatedGroup(plain, plain, plain, other)))
                    .getFirst());
            assertThat(weights).doesNotContain(0);
            assertThat(DoubleStream.of(weights).sum()).isCloseTo(0, within(1e-15));
        }
    }
}
