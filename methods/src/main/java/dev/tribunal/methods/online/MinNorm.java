package dev.tribunal.methods.online;

import java.util.Arrays;

/**
 * The convex combination of numbers that is nearest to 0 (PAMA, arXiv 2508.07768), in closed form:
 *
 * <pre>min (sum_i c_i a_i)^2,   c_i &gt;= 0,   sum_i c_i = 1</pre>
 *
 * It is 0 where the numbers have both signs, else the one nearest to 0.
 */
final class MinNorm {

    private MinNorm() {}

    /** {@code [n]}, c; of several numbers that are nearest to 0 each has the same weight. */
    static double[] weights(double[] numbers) {
        double least = Arrays.stream(numbers).min().orElseThrow();
        double most = Arrays.stream(numbers).max().orElseThrow();
        if (least >= 0 || most <= 0) {
            return alike(numbers, least >= 0 ? least : most, 1);
        }
        double[] ofLeast = alike(numbers, least, most / (most - least));
        double[] ofMost = alike(numbers, most, -least / (most - least));
        Arrays.setAll(ofLeast, i -> ofLeast[i] + ofMost[i]);
        return ofLeast;
    }

    /** A weight spread over the numbers of a value. */
    private static double[] alike(double[] numbers, double value, double weight) {
        double count = Arrays.stream(numbers).filter(number -> number == value).count();
        return Arrays.stream(numbers)
                .map(number -> number == value ? weight / count : 0)
                .toArray();
    }
}
