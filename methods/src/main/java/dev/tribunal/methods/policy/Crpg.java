package dev.tribunal.methods.policy;

import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
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
 *
 * <p>Where all rewards are the same, what is left after the mean is subtracted is rounding, of the mean and of the
 * log-ratios. AdamW would make whole steps of it, since it divides a gradient by its own size: such weights are 0.
 */
public record Crpg(double klMax) implements PolicyOptimizer {

    /** Rewards that are nearer to each other, relative to the largest, are the same: scores are computed in fp32. */
    private static final double SAME_REWARD = 0x1p-20;

    /** Nats by which a token's log-likelihood in fp32 differs between the sampler's kernels and the packed pass's. */
    private static final double LOG_PROB_ROUNDING = 1e-5;

    public Crpg {
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
        double mean = isRounding(groups, rewards) ? Double.NaN : mean(rewards);
        return groups.stream()
                .map(group -> new WeightedGroup(
                        group.rollouts().stream()
                                .map(rollout -> weigh(rollout, mean, rewards.length))
                                .toList(),
                        null))
                .toList();
    }

    /** @param mean NaN if no reward differs from it by more than rounding */
    private WeightedRollout weigh(RatedRollout rollout, double mean, int n) {
        double reward = regularizedReward(rollout);
        double advantage = Double.isNaN(mean) ? 0 : reward - mean;
        return WeightedRollout.of(advantage, n, rollout.tokens(), reward, null);
    }

    private boolean isRounding(List<RatedGroup> groups, double[] regularized) {
        List<RatedRollout> rollouts =
                groups.stream().flatMap(group -> group.rollouts().stream()).toList();
        DoubleSummaryStatistics constrained =
                rollouts.stream().mapToDouble(Crpg::constrainedReward).summaryStatistics();
        double same = SAME_REWARD * constrained.getMax();
        return range(constrained) <= same
                && range(Arrays.stream(regularized).summaryStatistics()) <= same + roundingOfLogRatios(rollouts);
    }

    /** By how much eq. 11 may differ between two rollouts whose log-ratios do not. */
    private double roundingOfLogRatios(List<RatedRollout> rollouts) {
        return rollouts.stream()
                .mapToDouble(rollout -> 2 * LOG_PROB_ROUNDING * rollout.tokens() / klMax * constrainedReward(rollout))
                .max()
                .orElse(0);
    }

    private static double range(DoubleSummaryStatistics values) {
        return values.getMax() - values.getMin();
    }

    double regularizedReward(RatedRollout rollout) {
        return Math.max(1 - rollout.logRatio() / klMax, 0) * constrainedReward(rollout);
    }

    private static double constrainedReward(RatedRollout rollout) {
        return rollout.feasible() ? rollout.calibratedReward() : 0;
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
