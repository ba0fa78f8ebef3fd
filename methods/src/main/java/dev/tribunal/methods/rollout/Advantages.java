package dev.tribunal.methods.rollout;

import dev.tribunal.methods.statistics.Sample;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * Rewards less what could be expected.
 *
 * <p>Where all rewards are the same, what is left after a mean is subtracted is rounding. AdamW would make whole steps
 * of it, since it divides a gradient by its own size: such advantages are 0.
 */
public final class Advantages {

    /** Rewards that are nearer to each other, relative to the largest, are the same: scores are computed in fp32. */
    public static final double SAME_REWARD = 0x1p-20;

    /** Nats by which a token's log-likelihood in fp32 differs between the sampler's kernels and the packed pass's. */
    public static final double LOG_PROB_ROUNDING = 1e-5;

    private static final double EPSILON_OF_STD = 1e-4;
    private static final double EPSILON_OF_VARIANCE = 1e-8;

    private Advantages() {}

    /** r_i - mean_j r_j. */
    public static double[] minusMean(double[] rewards) {
        if (isRounding(rewards)) {
            return new double[rewards.length];
        }
        double mean = Sample.mean(rewards);
        return Arrays.stream(rewards).map(reward -> reward - mean).toArray();
    }

    /**
     * r_i - mean over the others: leave one out (Ahmadian et al., arXiv 2402.14740).
     *
     * @return 0 for a reward alone
     */
    public static double[] minusMeanOfOthers(double[] rewards) {
        int others = rewards.length - 1;
        if (others < 1 || isRounding(rewards)) {
            return new double[rewards.length];
        }
        double sum = Arrays.stream(rewards).sum();
        return Arrays.stream(rewards)
                .map(reward -> reward - (sum - reward) / others)
                .toArray();
    }

    /** (r_i - mean) / (std + 1e-4) with the sample's standard deviation (Shao et al., arXiv 2402.03300, section 4.1.2). */
    public static double[] standardised(double[] rewards) {
        double std = Math.sqrt(Sample.variance(rewards));
        return Arrays.stream(minusMean(rewards))
                .map(advantage -> advantage / (std + EPSILON_OF_STD))
                .toArray();
    }

    /**
     * Generalized advantage estimation (Schulman et al., arXiv 1506.02438, eq. 16), the value after the last token being
     * 0.
     *
     * <pre>
     * delta_t = r_t + gamma V_t+1 - V_t
     * A_t     = delta_t + gamma lambda A_t+1
     * </pre>
     *
     * @param rewards {@code [tokens]}
     * @param values {@code [tokens]}
     * @return {@code [tokens]}
     */
    public static double[] generalized(double[] rewards, double[] values, double gamma, double lambda) {
        double[] advantages = new double[rewards.length];
        double nextValue = 0;
        double nextAdvantage = 0;
        for (int t = rewards.length - 1; t >= 0; t--) {
            double delta = rewards[t] + gamma * nextValue - values[t];
            advantages[t] = delta + gamma * lambda * nextAdvantage;
            nextValue = values[t];
            nextAdvantage = advantages[t];
        }
        return advantages;
    }

    /**
     * (A - mean) / sqrt(variance + 1e-8), over the tokens of all rollouts.
     *
     * @param advantages {@code [rollouts][tokens]}
     */
    public static List<double[]> whitened(List<double[]> advantages) {
        double[] all = advantages.stream().flatMapToDouble(Arrays::stream).toArray();
        double[] centred = minusMean(all);
        double scale = Math.sqrt(Sample.variance(all) + EPSILON_OF_VARIANCE);
        int[] next = {0};
        return advantages.stream()
                .map(of -> Arrays.stream(of)
                        .map(advantage -> centred[next[0]++] / scale)
                        .toArray())
                .toList();
    }

    /** Whether rewards differ by no more than rounding. */
    public static boolean isRounding(double[] rewards) {
        return range(rewards) <= SAME_REWARD * largest(rewards);
    }

    /**
     * Whether rewards with a part that comes from log-ratios differ by no more than rounding.
     *
     * @param rewards without that part
     * @param regularized with it
     * @param roundingOfLogRatios by how much that part may differ between two rollouts whose log-ratios do not
     */
    public static boolean isRounding(double[] rewards, double[] regularized, double roundingOfLogRatios) {
        return isRounding(rewards) && range(regularized) <= SAME_REWARD * largest(rewards) + roundingOfLogRatios;
    }

    private static double range(double[] values) {
        DoubleSummaryStatistics statistics = Arrays.stream(values).summaryStatistics();
        return statistics.getMax() - statistics.getMin();
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }
}
