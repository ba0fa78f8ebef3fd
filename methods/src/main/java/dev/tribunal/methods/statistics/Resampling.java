package dev.tribunal.methods.statistics;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Draws prompts with replacement, many times; the same numbers give the same draws. */
final class Resampling {

    private static final int RESAMPLES = 2000;

    private Resampling() {}

    /** A statistic of one draw, NaN where it has no value. */
    @FunctionalInterface
    interface Statistic {
        /** @param drawn gives the prompt at each place of the draw, for each place once */
        double of(IntUnaryOperator drawn);
    }

    /**
     * The 2.5 % and the 97.5 % quantile of a statistic over the draws in which it has a value; absent if there is none.
     *
     * @param prompts how many there are
     */
    static double @Nullable [] bounds(int prompts, Statistic statistic) {
        long[] counter = new long[1];
        double[] values = new double[RESAMPLES];
        int defined = 0;
        DoubleSupplier next = () -> CounterUniform.of(0, counter[0]++);
        for (int r = 0; r < RESAMPLES; r++) {
            double value = statistic.of(place -> (int) (next.getAsDouble() * prompts));
            if (!Double.isNaN(value)) {
                values[defined++] = value;
            }
        }
        if (defined == 0) {
            return null;
        }
        double[] sorted = Arrays.copyOf(values, defined);
        Arrays.sort(sorted);
        return new double[] {quantile(sorted, 0.025), quantile(sorted, 0.975)};
    }

    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }
}
