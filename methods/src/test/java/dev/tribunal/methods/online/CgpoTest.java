package dev.tribunal.methods.online;

import static dev.tribunal.methods.Rated.advantages;
import static dev.tribunal.methods.Rated.group;
import static dev.tribunal.methods.Rated.logProbSlopes;
import static dev.tribunal.methods.Rated.regularizedRewards;
import static dev.tribunal.methods.Rated.roles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.Rated;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.reward.CalibratedReward;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.rollout.Provenance;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CRPG, CRRAFT and CODPO: numbers by hand, what must hold whatever the numbers, and the groups with nothing in them. */
class CgpoTest {

    private static final Offset<Double> FOUR_DIGITS = within(5e-5);
    private static final List<PolicyOptimizer> ALL = List.of(new Crpg(10), new Crraft(10), new Codpo(0.1, 2));

    private static final double[] SCORES = {2, 1, 0.5, 3};
    private static final boolean[] FEASIBLE = {true, true, false, true};
    private static final double[] LOG_RATIOS = {1, 0, 2, -3};

    /** One group by hand: K = 4, r of the baseline 1. */
    private final RatedGroup golden = group(1.0, SCORES, FEASIBLE, new double[] {1, 0, 2, 12});

    @Test
    void calibratedRewardsAreEquationFive() {
        double[] expected = {.7311, .5, .3775, .8808};
        for (int k = 0; k < 4; k++) {
            assertThat(golden.rollouts().get(k).reward()).isCloseTo(expected[k], FOUR_DIGITS);
        }
    }

    @Test
    void crpgGivesEquationsElevenAndTwelve() {
        List<LossTerm> terms = new Crpg(10).terms(List.of(golden));

        assertThat(regularizedRewards(terms, golden)).containsExactly(new double[] {.6580, .5, 0, 0}, FOUR_DIGITS);
        double[] advantages = advantages(terms, golden);
        assertThat(advantages).containsExactly(new double[] {.36846, .21051, -.28949, -.28949}, within(5e-6));
        assertThat(DoubleStream.of(advantages).sum()).isCloseTo(0, within(1e-12));
        assertThat(logProbSlopes(terms, golden.rollouts().getFirst()))
                .as("dLoss/dlog pi: descending the loss ascends the likelihood, over n = 4")
                .containsOnly(-advantages[0] / 4);
    }

    @Test
    void crraftTakesTheFirstBecauseTheFourthIsTooFarFromTheReference() {
        List<LossTerm> terms = new Crraft(10).terms(List.of(golden));

        assertThat(roles(terms, golden)).containsExactly("best", "-", "-", "-");
        assertThat(advantages(terms, golden)).containsExactly(CalibratedReward.of(2, 1), 0, 0, 0);
        assertThat(terms.stream().map(LossTerm::isZero)).containsExactly(false, true, true, true);
    }

    @Test
    void codpoPrefersTheFourthToTheThird() {
        List<LossTerm> terms = new Codpo(0.1, 0).terms(List.of(golden));

        assertThat(roles(terms, golden)).containsExactly("-", "-", "rejected", "chosen");
        double slope = 0.1 / (1 + Math.exp(0.1 * (12 - 2)));
        assertThat(logProbSlopes(terms, golden.rollouts().get(3))).containsOnly(-slope);
        assertThat(logProbSlopes(terms, golden.rollouts().get(2))).containsOnly(slope);
    }

    @Test
    void codpoLooksAtThePolicyOfTheForwardPass() {
        LossTerm term = new Codpo(0.1, 0.6).terms(List.of(golden)).getFirst();
        Now chosen = new Now(new double[] {-20, -20, -19}); // a log-ratio of 1
        Now rejected = new Now(new double[] {-20, -22, -20}); // of -2

        double slope = 0.1 / (1 + Math.exp(0.1 * 3));
        var slopes = term.slopes(List.of(chosen, rejected));
        assertThat(slopes.loss()).isCloseTo(Math.log1p(Math.exp(-0.3)) - 0.6 / 3 * -59, within(1e-12));
        assertThat(slopes.rollouts().getFirst().logProbs()).containsOnly(-(slope + 0.6 / 3));
        assertThat(slopes.rollouts().getLast().logProbs()).containsOnly(slope);
    }

    @Test
    void addingAConstantToTheRewardModelChangesNothing() {
        RatedGroup plain = group(1, SCORES, FEASIBLE, LOG_RATIOS);
        RatedGroup shifted = group(8, new double[] {9, 8, 7.5, 10}, FEASIBLE, LOG_RATIOS);
        for (PolicyOptimizer optimizer : ALL) {
            List<LossTerm> ofPlain = optimizer.terms(List.of(plain));
            List<LossTerm> ofShifted = optimizer.terms(List.of(shifted));
            for (int k = 0; k < 4; k++) {
                assertThat(logProbSlopes(ofShifted, shifted.rollouts().get(k)))
                        .as("%s", optimizer)
                        .containsExactly(logProbSlopes(ofPlain, plain.rollouts().get(k)), within(1e-12));
            }
        }
    }

    @Test
    void oneViolationTakesTheWholeRegularizedReward() {
        Crpg crpg = new Crpg(10);
        Rated rated = Rated.of(2, 0.7).logRatio(1);
        assertThat(crpg.regularizedReward(rated.build())).isEqualTo(0.7 * 0.9);
        assertThat(crpg.regularizedReward(rated.infeasible().build())).isZero();
    }

    @Test
    void theLeashExceedsOneBelowTheReference() {
        assertThat(new Crpg(10).regularizedReward(Rated.of(0, 0.5).logRatio(-5).build()))
                .isEqualTo(0.5 * 1.5);
    }

    @Test
    void crpgsMeanRunsOverTheWholeMinibatch() {
        RatedGroup high = group(new double[] {4, 4}, new boolean[] {true, true});
        RatedGroup low = group(new double[] {-4, -4}, new boolean[] {true, true});
        List<LossTerm> terms = new Crpg(10).terms(List.of(high, low));
        assertThat(advantages(terms, high))
                .as("a mean for each prompt would leave nothing")
                .containsOnly(new double[] {0.4820}, within(1e-4));
        assertThat(advantages(terms, low)).containsOnly(new double[] {-0.4820}, within(1e-4));
    }

    /** Rewards [1, 1, 0, 0] with the second undecided: it leaves the batch, and the mean runs over the other three. */
    @Test
    void statisticsRunOverTheRolloutsThatAreLeft() {
        Rated one = Rated.of(1);
        Rated zero = Rated.of(0, 1).infeasible();
        RatedGroup group = new RatedGroup(List.of(one.build(), zero.build(), zero.build()), 1);

        List<LossTerm> terms = new Crpg(10).terms(List.of(group));

        assertThat(advantages(terms, group)).containsExactly(new double[] {.667, -.333, -.333}, within(5e-4));
        assertThat(logProbSlopes(terms, group.rollouts().getFirst()))
                .containsOnly(new double[] {-2.0 / 3 / 3}, within(1e-15));
    }

    @Test
    void negativeScoresDoNotMakeAViolatorTheChosenOne() {
        // An argmax over score times feasibility would choose the third, whose product 0 beats -1, and reject it too.
        RatedGroup group = group(new double[] {-1, -2, -3}, new boolean[] {true, true, false});
        assertThat(roles(new Codpo(0.1, 0).terms(List.of(group)), group)).containsExactly("chosen", "-", "rejected");
        assertThat(roles(new Crraft(10).terms(List.of(group)), group)).containsExactly("best", "-", "-");
    }

    @Test
    void positiveScoresDoNotMakeAFeasibleOneTheRejected() {
        RatedGroup group = group(SCORES, FEASIBLE);
        assertThat(roles(new Codpo(0.1, 0).terms(List.of(group)), group))
                .containsExactly("-", "-", "rejected", "chosen");
    }

    @Test
    void aViolationWithoutAScoreIsTheWorstAndNeverTheBest() {
        Rated unscored = Rated.of(Double.NaN, 0).infeasible();
        RatedGroup group = Rated.group(Rated.of(1, 0.7), Rated.of(-9, 0.1).infeasible(), unscored);

        assertThat(roles(new Codpo(0.1, 0).terms(List.of(group)), group)).containsExactly("chosen", "-", "rejected");
        assertThat(roles(new Crraft(10).terms(List.of(group)), group)).containsExactly("best", "-", "-");
        assertThat(regularizedRewards(new Crpg(10).terms(List.of(group)), group))
                .containsExactly(0.7, 0, 0);
    }

    @Test
    void codpoSkipsAPromptWithoutAFeasibleCompletionAndStillCountsIt() {
        RatedGroup hopeless = group(SCORES, new boolean[4]);
        RatedGroup fair = group(SCORES, FEASIBLE);
        List<LossTerm> terms = new Codpo(0.1, 0).terms(List.of(hopeless, fair));
        List<LossTerm> alone = new Codpo(0.1, 0).terms(List.of(fair));
        assertThat(terms).hasSize(1);
        RatedRollout chosen = fair.rollouts().get(3);
        assertThat(logProbSlopes(terms, chosen)[0]).isEqualTo(logProbSlopes(alone, chosen)[0] / 2);
    }

    @Test
    void codpoWithoutAViolationRejectsTheLowest() {
        RatedGroup group = group(SCORES, new boolean[] {true, true, true, true});
        assertThat(roles(new Codpo(0.1, 0).terms(List.of(group)), group))
                .containsExactly("-", "-", "rejected", "chosen");
    }

    @Test
    void codpoNeverPairsACompletionWithItself() {
        RatedGroup alone = group(new double[] {1}, new boolean[] {true});
        assertThat(new Codpo(0.1, 2).terms(List.of(alone))).isEmpty();

        RatedGroup tied = group(new double[] {1, 1, 1}, new boolean[] {true, true, true});
        assertThat(roles(new Codpo(0.1, 2).terms(List.of(tied)), tied)).containsExactly("chosen", "rejected", "-");
    }

    @Test
    void codpoWithOneFeasibleCompletionPairsItWithTheWorstViolator() {
        RatedGroup group = group(new double[] {-5, 2, 3}, new boolean[] {true, false, false});
        assertThat(roles(new Codpo(0.1, 0).terms(List.of(group)), group)).containsExactly("chosen", "rejected", "-");
    }

    @Test
    void crraftFallsBackToAFeasibleBaselineCompletionBesideNothingUndecided() {
        assertThat(rolesWithBaseline(Feasibility.FEASIBLE, 0, false)).containsExactly("-", "-", "baseline");
        assertThat(rolesWithBaseline(Feasibility.INFEASIBLE, 0, false)).containsExactly("-", "-", "-");
        assertThat(rolesWithBaseline(Feasibility.UNDECIDED, 0, false)).containsExactly("-", "-", "-");
        assertThat(rolesWithBaseline(Feasibility.FEASIBLE, 0, true)).containsExactly("-", "best", "-");
    }

    /** With a sick judge no completion is feasible, and imitating baseline completions is not what was asked for. */
    @Test
    void crraftDoesNotFallBackWhereAnUndecidedCompletionMightHaveBeenFeasible() {
        assertThat(rolesWithBaseline(Feasibility.FEASIBLE, 1, false)).containsExactly("-", "-", "-");
        assertThat(rolesWithBaseline(Feasibility.FEASIBLE, 1, true)).containsExactly("-", "best", "-");
    }

    private static List<String> rolesWithBaseline(Feasibility ofBaseline, int undecided, boolean second) {
        Rated violation = Rated.of(1, 0.7).infeasible();
        RatedGroup group = new RatedGroup(
                List.of(
                        violation.build(),
                        (second ? Rated.of(0, 0.5) : violation).build(),
                        Rated.given(Provenance.BASELINE_COMPLETION)
                                .feasibility(ofBaseline)
                                .build()),
                undecided);
        List<LossTerm> terms = new Crraft(10).terms(List.of(group));
        if (roles(terms, group).contains("baseline")) {
            assertThat(advantages(terms, group)).containsExactly(0, 0, 0.5);
            assertThat(logProbSlopes(terms, group.rollouts().getLast())).containsOnly(-0.5);
        }
        return roles(terms, group);
    }

    @Test
    void aBaselineCompletionIsNotOneOfTheRollouts() {
        Rated baseline = Rated.of(9, 0.5).provenance(Provenance.BASELINE_COMPLETION);
        RatedGroup with = Rated.group(Rated.of(1, 0.2), baseline, Rated.of(2, 0.6));
        RatedGroup without = Rated.group(Rated.of(1, 0.2), Rated.of(2, 0.6));
        for (PolicyOptimizer optimizer : ALL) {
            List<LossTerm> terms = optimizer.terms(List.of(with));
            assertThat(logProbSlopes(terms, with.rollouts().getLast()))
                    .as("%s", optimizer)
                    .containsExactly(logProbSlopes(
                            optimizer.terms(List.of(without)),
                            without.rollouts().getLast()));
            assertThat(logProbSlopes(terms, with.rollouts().get(1))).containsOnly(0);
        }
    }

    @Test
    void anEmptyBatchHasNoTerms() {
        for (PolicyOptimizer optimizer : ALL) {
            assertThat(optimizer.terms(List.of())).isEmpty();
        }
    }

    /** 0.3 is not a double, so that a mean of many is not one of them. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.1, 0.7310585786300049, 0.5, 1e-9, 1, 0})
    void theSameRewardForAllWeighsNothingWhateverTheSize(double reward) {
        for (int prompts : new int[] {1, 2, 3, 7}) {
            for (int size = 1; size <= 24; size++) {
                List<RatedGroup> groups = new ArrayList<>();
                for (int p = 0; p < prompts; p++) {
                    List<RatedRollout> rollouts = new ArrayList<>();
                    for (int k = 0; k < size; k++) {
                        // What fp32 leaves of a log-ratio of 0 over this many tokens.
                        double noise = ((k * 7 + p) % 5 - 2) * 2e-6 * (1 + k % 64);
                        double[] logProbs = new double[1 + k % 64];
                        rollouts.add(Rated.of(1, reward)
                                .logProbs(logProbs)
                                .logRatio(noise)
                                .build());
                    }
                    groups.add(new RatedGroup(rollouts));
                }
                assertThat(new Crpg(10).terms(groups))
                        .allSatisfy(term -> assertThat(term.isZero()).isTrue());
            }
        }
    }

    @Test
    void aDifferenceAboveRoundingIsASignalBeItOfOneRewardOrOneLogRatio() {
        Rated plain = Rated.of(1, 0.3);
        for (Rated other : List.of(Rated.of(1, 0.30001), plain.logRatio(0.01), plain.infeasible())) {
            RatedGroup group = Rated.group(plain, plain, plain, other);
            double[] advantages = advantages(new Crpg(10).terms(List.of(group)), group);
            assertThat(advantages).doesNotContain(0);
            assertThat(DoubleStream.of(advantages).sum()).isCloseTo(0, within(1e-15));
        }
    }
}
