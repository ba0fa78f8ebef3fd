package dev.tribunal.methods.policy;

import static dev.tribunal.methods.policy.Rated.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import dev.tribunal.methods.reward.CalibratedReward;
import java.util.Comparator;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** One group by hand: K = 4, r = (2, 1, 0.5, 3), r of the baseline 1, J = (1, 1, 0, 1), logRatio = (1, 0, 2, 12). */
class GoldenCaseTest {

    private static final Offset<Double> FOUR_DIGITS = within(5e-5);

    private final RatedGroup group = group(
            1.0, new double[] {2, 1, 0.5, 3}, new boolean[] {true, true, false, true}, new double[] {1, 0, 2, 12});

    @Test
    void calibratedRewardsAreEquationFive() {
        double[] expected = {.7311, .5, .3775, .8808};
        double[] scores = {2, 1, 0.5, 3};
        for (int k = 0; k < 4; k++) {
            assertThat(CalibratedReward.of(scores[k], 1)).isCloseTo(expected[k], FOUR_DIGITS);
        }
    }

    @Test
    void crpgGivesEquationsElevenAndTwelve() {
        List<WeightedRollout> weighted =
                new Crpg(10).weigh(List.of(group)).getFirst().rollouts();

        assertThat(weighted.stream().map(WeightedRollout::regularizedReward))
                .usingComparatorForType(closeTo(5e-5), Double.class)
                .containsExactly(.6580, .5, 0.0, 0.0);
        assertThat(weighted.stream().map(WeightedRollout::weight))
                .usingComparatorForType(closeTo(5e-6), Double.class)
                .containsExactly(.36846, .21051, -.28949, -.28949);
        assertThat(weighted.stream().mapToDouble(WeightedRollout::weight).sum()).isCloseTo(0, within(1e-12));
        assertThat(weighted.getFirst().tokenWeights())
                .as("dLoss/dlog pi: descending the loss ascends the likelihood, over n = 4")
                .containsOnly(new double[] {-.36846 / 4}, within(5e-6));
    }

    @Test
    void crraftTakesTheFirstBecauseTheFourthIsTooFarFromTheReference() {
        List<WeightedRollout> weighted =
                new Crraft(10).weigh(List.of(group)).getFirst().rollouts();

        assertThat(weighted.getFirst().role()).isEqualTo("best");
        assertThat(weighted.getFirst().weight()).isCloseTo(.7311, FOUR_DIGITS);
        assertThat(weighted.subList(1, 4)).allSatisfy(other -> {
            assertThat(other.weight()).isZero();
            assertThat(other.role()).isNull();
        });
    }

    @Test
    void codpoPrefersTheFourthToTheThird() {
        List<WeightedRollout> weighted =
                new Codpo(0.1, 0).weigh(List.of(group)).getFirst().rollouts();

        assertThat(weighted.stream().map(WeightedRollout::role)).containsExactly(null, null, "rejected", "chosen");
        double slope = 0.1 / (1 + Math.exp(0.1 * (12 - 2)));
        assertThat(weighted.get(3).weight()).isCloseTo(slope, within(1e-15));
        assertThat(weighted.get(2).weight()).isCloseTo(-slope, within(1e-15));
    }

    private static Comparator<Double> closeTo(double tolerance) {
        return (left, right) -> Math.abs(left - right) <= tolerance ? 0 : Double.compare(left, right);
    }
}
