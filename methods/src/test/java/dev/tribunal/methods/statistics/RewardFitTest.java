package dev.tribunal.methods.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.statistics.RewardFit.Rated;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RewardFitTest {

    private static List<Rated> rated(double[]... rewardAndActual) {
        List<Rated> rated = new ArrayList<>();
        for (double[] one : rewardAndActual) {
            rated.add(new Rated(one[0], one[1], one.length > 2 ? one[2] : 1));
        }
        return rated;
    }

    @Test
    void whatIsALineInTheRewardsFitsWhole() {
        List<Rated> line = IntStream.range(0, 40)
                .mapToObj(i -> new Rated(i * .3, 7 - 2 * i * .3, 1))
                .toList();
        assertThat(RewardFit.rSquared(line, 10).orElseThrow()).isCloseTo(1, within(1e-12));
    }

    /** Means (0, 0), (1, 1), (2, 0): the best line is flat. And by hand: (0, 0), (1, 1), (2, 1) is .5, .5, 2/3: 1 - (1/6)/(2/3). */
    @Test
    void byHand() {
        assertThat(RewardFit.rSquared(rated(new double[] {0, 0}, new double[] {1, 1}, new double[] {2, 0}), 3)
                        .orElseThrow())
                .isCloseTo(0, within(1e-12));
        assertThat(RewardFit.rSquared(rated(new double[] {0, 0}, new double[] {1, 1}, new double[] {2, 1}), 3)
                        .orElseThrow())
                .isCloseTo(.75, within(1e-12));
    }

    @Test
    void similarRewardsAreBroughtTogetherAndWhatIsNeverDrawnDoesNotCount() {
        List<Rated> noisy = rated(
                new double[] {0, 0}, new double[] {.01, 1}, new double[] {1, 1}, new double[] {1.01, 1}, new double[] {
                    .5, 9, 0
                });
        assertThat(RewardFit.rSquared(noisy, 2).orElseThrow())
                .as("two means, one line")
                .isCloseTo(1, within(1e-12));
        assertThat(RewardFit.rSquared(noisy, 4).orElseThrow()).isLessThan(.5);
    }

    @Test
    void neitherTheOrderNorTheScaleMatters() {
        Random random = new Random(5);
        List<Rated> rated = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            double reward = random.nextInt(12);
            rated.add(new Rated(reward, reward + 4 * random.nextGaussian(), random.nextDouble()));
        }
        double fit = RewardFit.rSquared(rated, 5).orElseThrow();
        assertThat(fit).isBetween(.1, .999);
        assertThat(RewardFit.rSquared(rated.reversed(), 5).orElseThrow()).isCloseTo(fit, within(1e-12));
        List<Rated> scaled = rated.stream()
                .map(one -> new Rated(3 * one.reward() - 8, -2 * one.actual() + 1, 5 * one.weight()))
                .toList();
        assertThat(RewardFit.rSquared(scaled, 5).orElseThrow()).isCloseTo(fit, within(1e-9));
    }

    @Test
    void withoutADifferenceThereIsNothingToFit() {
        assertThat(RewardFit.rSquared(List.of(), 5)).isEmpty();
        assertThat(RewardFit.rSquared(rated(new double[] {0, 1}, new double[] {1, 1}), 2))
                .isEmpty();
        assertThat(RewardFit.rSquared(rated(new double[] {0, 1}, new double[] {0, 0}), 2))
                .as("one reward is one group")
                .isEmpty();
    }
}
