package dev.tribunal.methods.statistics;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Draws prompts, or prompts and seeds, with replacement, many times; the same numbers give the same draws. */
final class Resampling {

    private static final int RESAMPLES = 2000;

    private Resampling() {}

    /** A statistic of one draw, NaN where it has no value. */
    @FunctionalInterface
    interface Statistic {
        /** @param drawn gives the prompt at each place of the draw, for each place once */
        double of(IntUnaryOperator drawn);
    }

    /** A statistic of one draw from several sets, NaN where it has no value. */
    @FunctionalInterface
    interface StatisticOfSets {
        /** @param drawn gives, of a set of so many, which one is drawn; anew each time it is asked */
        double of(IntUnaryOperator drawn);
    }

    /**
     * The 2.5 % and the 97.5 % quantile of a statistic over the draws in which it has a value; absent if there is none.
     *
     * @param prompts how many there are
     */
    static double @Nullable [] bounds(int prompts, Statistic statistic) {
        return bounds(drawn -> statistic.of(place -> drawn.applyAsInt(prompts)));
    }

    /** Likewise, of a statistic that draws from several sets. */
    static double @Nullable [] bounds(StatisticOfSets statistic) {
        long[] counter = new long[1];
        double[] values = new double[RESAMPLES];
        int defined = 0;
        DoubleSupplier next = () -> CounterUniform.of(0, counter[0]++);
        for (int r = 0; r < RESAMPLES; r++) {
            double value = statistic.of(size -> (int) (next.getAsDouble() * size));
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
