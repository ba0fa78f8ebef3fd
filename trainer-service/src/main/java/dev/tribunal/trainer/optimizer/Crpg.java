package dev.tribunal.trainer.optimizer;

import dev.tribunal.trainer.optimizer.WeightedGroup.WeightedRollout;
import java.util.List;

/**
 * CRPG, the calibrated-regularized policy gradient (CGPO, arXiv 2409.20370, section 4.1.1): a completion earns its
 * calibrated reward if it is feasible, less the further it has left the reference, and its likelihood rises or falls
 * by how far that is above or below the minibatch's mean.
 *
 * <pre>
 * R_cr(s,a) = R_calib(s,a) if (s,a) is feasible, else 0                                    (8)
 * R~(s,a)   = max(1 - log(pi(a|s) / pi_ref(a|s)) / KL_max, 0) * R_cr(s,a)                 (11)
 * g         = 1/n sum_i grad log pi(a_i|s_i) * (R~_i - mean_j R~_j)      ascent           (12)
 * </pre>
 *
 * n counts the rollouts of all prompts. The factor of eq. 11 exceeds 1 where the log-ratio is negative, as printed.
 */
record Crpg(double klMax) implements PolicyOptimizer {

    Crpg {
        if (!(klMax > 0)) {
            throw new IllegalArgumentException("klMax is " + klMax + ", but must be positive");
        }
    }

    @Override
    public List<WeightedGroup> weigh(List<RatedGroup> groups) {
        double[] rewards = groups.stream()
                .flatMap(group -> group.rollouts().stream())
                .mapToDouble(this::regularizedReward)
                .toArray();
        double mean = mean(rewards);
        return groups.stream()
                .map(group -> new WeightedGroup(
                        group.rollouts().stream()
                                .map(rollout -> weigh(rollout, mean, rewards.length))
                                .toList(),
                        null))
                .toList();
    }

    private WeightedRollout weigh(RatedRollout rollout, double mean, int n) {
        double reward = regularizedReward(rollout);
        return WeightedRollout.of(reward - mean, n, rollout.tokens(), reward, null);
    }

    double regularizedReward(RatedRollout rollout) {
        double constrained = rollout.feasible() ? rollout.calibratedReward() : 0;
        return Math.max(1 - rollout.logRatio() / klMax, 0) * constrained;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    @Override
    public boolean needsBaselineVerdicts() {
        return false;
    }
}
