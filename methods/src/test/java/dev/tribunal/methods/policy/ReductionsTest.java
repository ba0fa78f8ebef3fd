package dev.tribunal.methods.policy;

import static dev.tribunal.methods.policy.Rated.group;
import static dev.tribunal.methods.policy.Rated.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Methods that become other, known methods when a part is taken away. */
class ReductionsTest {

    @Test
    void codpoWithoutJudgesTwoCompletionsAndNoRegularizationIsOnlineDpo() {
        double beta = 0.3;
        double[] logRatios = {-0.7, 1.9};
        RatedGroup group = group(0, new double[] {0.2, -1.1}, new boolean[] {true, true}, logRatios);

        double[] weights = weights(new Codpo(beta, 0).weigh(List.of(group)).getFirst());

        // -log sigma(beta (logRatio of the better - logRatio of the worse)), differentiated by central differences.
        double step = 1e-6;
        double slopeOfBetter =
                (dpo(beta, logRatios[0] + step, logRatios[1]) - dpo(beta, logRatios[0] - step, logRatios[1]))
                        / (2 * step);
        double slopeOfWorse =
                (dpo(beta, logRatios[0], logRatios[1] + step) - dpo(beta, logRatios[0], logRatios[1] - step))
                        / (2 * step);
        assertThat(weights).containsExactly(new double[] {-slopeOfBetter, -slopeOfWorse}, within(1e-9));
    }

    private static double dpo(double beta, double better, double worse) {
        return Math.log1p(Math.exp(-beta * (better - worse)));
    }

    @Test
    void crraftWithoutJudgesAndLeashIsRaftWithTheCalibratedRewardAsWeight() {
        RatedGroup first = group(0, new double[] {1, 3, 2}, new boolean[] {true, true, true}, new double[] {0, 500, 0});
        RatedGroup second =
                group(0, new double[] {-1, -3, -2}, new boolean[] {true, true, true}, new double[] {9, 0, 0});

        List<WeightedGroup> weighted = new Crraft(Double.POSITIVE_INFINITY).weigh(List.of(first, second));

        // RAFT, eq. 16: the best of each prompt, with weight 1 and 1/n = 1/2 prompts.
        double[][] raft = {{0, 1, 0}, {1, 0, 0}};
        for (int prompt = 0; prompt < 2; prompt++) {
            for (int k = 0; k < 3; k++) {
                WeightedRollout rollout = weighted.get(prompt).rollouts().get(k);
                double calibratedReward =
                        List.of(first, second).get(prompt).rollouts().get(k).calibratedReward();
                assertThat(rollout.weight()).isEqualTo(raft[prompt][k] * calibratedReward);
                assertThat(rollout.tokenWeights()).containsOnly(0 - raft[prompt][k] * calibratedReward / 2);
            }
        }
    }
}
