package dev.tribunal.methods.statistics;

import java.util.Arrays;

/** Moments of a sample. */
public final class Sample {

    private Sample() {}

    /** @param values at least one */
    public static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    /** Over n - 1; 0 of a value alone. */
    public static double variance(double[] values) {
        double mean = mean(values);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return values.length < 2 ? 0 : squares / (values.length - 1);
    }
}
