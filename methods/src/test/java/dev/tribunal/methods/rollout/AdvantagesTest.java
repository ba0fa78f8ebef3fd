package dev.tribunal.methods.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class AdvantagesTest {

    private static final double[] REWARDS = {1, 2, 3, 6};

    @Test
    void byHand() {
        assertThat(Advantages.minusMean(REWARDS)).containsExactly(-2, -1, 0, 3);
        assertThat(Advantages.minusMeanOfOthers(REWARDS))
                .containsExactly(new double[] {-8 / 3.0, -4 / 3.0, 0, 4}, within(1e-12));
        double std = Math.sqrt(14 / 3.0) + 1e-4;
        assertThat(Advantages.standardised(REWARDS))
                .containsExactly(new double[] {-2 / std, -1 / std, 0, 3 / std}, within(1e-12));
    }

    @Test
    void generalizedByHand() {
        assertThat(Advantages.generalized(new double[] {-.05, .05, 1}, new double[] {.2, .4, .6}, 1, 0.95))
                .containsExactly(new double[] {.7485, .63, .4}, within(1e-12));
        assertThat(Advantages.generalized(new double[] {0, 1}, new double[] {.5, .25}, 0.9, 0))
                .as("lambda = 0 is the critic's error in one token")
                .containsExactly(new double[] {.9 * .25 - .5, .75}, within(1e-12));
    }

    @Test
    void withLambdaOneTheyAreTheReturnsLessTheValues() {
        Random random = new Random(3);
        double[] rewards = random.doubles(6).toArray();
        double[] values = random.doubles(6).toArray();
        double[] advantages = Advantages.generalized(rewards, values, 0.9, 1);
        double after = 0;
        for (int t = 5; t >= 0; t--) {
            after = rewards[t] + 0.9 * after;
            assertThat(advantages[t]).isCloseTo(after - values[t], within(1e-12));
        }
    }

    @Test
    void whiteningRunsOverTheTokensOfAllRollouts() {
        List<double[]> whitened = Advantages.whitened(List.of(new double[] {1, 2}, new double[] {3, 6}));
        double std = Math.sqrt(14 / 3.0);
        assertThat(whitened.getFirst()).containsExactly(new double[] {-2 / std, -1 / std}, within(1e-7));
        assertThat(whitened.getLast()).containsExactly(new double[] {0, 3 / std}, within(1e-7));
        assertThat(Advantages.whitened(List.of(new double[] {5})).getFirst()).containsExactly(0);
        assertThat(Advantages.whitened(List.of())).isEmpty();
    }

    @Test
    void ofTheSameRewardsAllAreZero() {
        for (UnaryOperator<double[]> estimator : List.<UnaryOperator<double[]>>of(
                Advantages::minusMean, Advantages::minusMeanOfOthers, Advantages::standardised)) {
            for (double reward : new double[] {0.3, -0.1, 1e-9, 0, 12345.678}) {
                for (int n = 1; n < 30; n++) {
                    double[] rewards = new double[n];
                    Arrays.fill(rewards, reward);
                    rewards[n - 1] += reward * 1e-9; // less than fp32 tells apart
                    assertThat(estimator.apply(rewards)).containsOnly(0);
                }
            }
            assertThat(estimator.apply(new double[] {0.3, 0.3, 0.30001})).doesNotContain(0);
            assertThat(estimator.apply(new double[0])).isEmpty();
        }
    }

    @Test
    void aConstantAddedToAllRewardsChangesNothing() {
        double[] shifted = Arrays.stream(REWARDS).map(reward -> reward + 5).toArray();
        assertThat(Advantages.minusMeanOfOthers(shifted))
                .containsExactly(Advantages.minusMeanOfOthers(REWARDS), within(1e-12));
        assertThat(Advantages.standardised(shifted)).containsExactly(Advantages.standardised(REWARDS), within(1e-12));
    }
}
