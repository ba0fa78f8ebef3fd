package dev.tribunal.methods.statistics;

import java.util.Arrays;
import java.util.List;

/**
 * The percentile bootstrap interval of a mean (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13):
 * prompts are drawn with replacement, each with all that was measured of it, and the mean is taken anew, many times. What
 * is measured of one prompt belongs together, so that it is prompts that are drawn. The same numbers give the same bounds.
 *
 * @param low 2.5 % of the means are at most this
 * @param high 97.5 % of the means are at most this
 * @param prompts of which something was measured
 */
public record BootstrapInterval(double low, double high, int prompts) {

    private static final int RESAMPLES = 2000;
    private static final long GAMMA = 0x9e3779b97f4a7c15L;

    /** @param measured {@code [prompts][values]}, of which at least one is not empty */
    public static BootstrapInterval of(List<double[]> measured) {
        List<double[]> drawn =
                measured.stream().filter(values -> values.length > 0).toList();
        int n = drawn.size();
        if (n == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sums = drawn.stream()
                .mapToDouble(values -> Arrays.stream(values).sum())
                .toArray();
        double[] means = new double[RESAMPLES];
        long counter = 0;
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < n; i++) {
                int prompt = (int) (uniform(counter++) * n);
                sum += sums[prompt];
                count += drawn.get(prompt).length;
            }
            means[r] = sum / count;
        }
        Arrays.sort(means);
        return new BootstrapInterval(quantile(means, 0.025), quantile(means, 0.975), n);
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    /** In [0, 1): a number of SplitMix64 (Steele et al., OOPSLA 2014) for each counter. */
    private static double uniform(long counter) {
        long z = (counter + 1) * GAMMA;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return (z >>> 11) * 0x1.0p-53;
    }
}
