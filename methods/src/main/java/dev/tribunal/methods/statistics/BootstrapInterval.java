package dev.tribunal.methods.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

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
        double[] bounds = Objects.requireNonNull(Resampling.bounds(n, prompts -> {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < n; i++) {
                int prompt = prompts.applyAsInt(i);
                sum += sums[prompt];
                count += drawn.get(prompt).length;
            }
            return sum / count;
        }));
        return new BootstrapInterval(bounds[0], bounds[1], n);
    }
}
