package dev.tribunal.methods.loss;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * dLoss/d of what {@link Now} holds of one rollout; absent where the loss does not depend on it.
 *
 * @param logProbs {@code [tokens]}
 * @param tokenKl {@code [tokens]}
 * @param entropy {@code [tokens]}
 * @param values {@code [critic][tokens]}
 */
public record TokenSlopes(
        double[] logProbs, double @Nullable [] tokenKl, double @Nullable [] entropy, double @Nullable [][] values) {

    public TokenSlopes(double[] logProbs) {
        this(logProbs, null, null, null);
    }

    /** The same slope in the log-prob of every token: the loss depends on their sum. */
    public static TokenSlopes same(double slope, int tokens) {
        return new TokenSlopes(fill(slope, tokens));
    }

    static double[] fill(double value, int length) {
        double[] values = new double[length];
        Arrays.fill(values, value);
        return values;
    }

    /** Slopes of the sum of two losses. */
    public TokenSlopes plus(TokenSlopes other) {
        return new TokenSlopes(
                add(logProbs, other.logProbs),
                addOrTake(tokenKl, other.tokenKl),
                addOrTake(entropy, other.entropy),
                addRows(values, other.values));
    }

    /** Slopes of the loss divided by a number. */
    TokenSlopes over(double divisor) {
        return map(value -> value / divisor);
    }

    /** Slopes of the loss times a number. */
    public TokenSlopes times(double factor) {
        return map(value -> value * factor);
    }

    private TokenSlopes map(DoubleUnaryOperator operator) {
        return new TokenSlopes(
                Arrays.stream(logProbs).map(operator).toArray(),
                mapOrLeave(tokenKl, operator),
                mapOrLeave(entropy, operator),
                values == null
                        ? null
                        : Arrays.stream(values)
                                .map(row -> Arrays.stream(row).map(operator).toArray())
                                .toArray(double[][]::new));
    }

    private static double @Nullable [] mapOrLeave(double @Nullable [] values, DoubleUnaryOperator operator) {
        return values == null ? null : Arrays.stream(values).map(operator).toArray();
    }

    private static double[] add(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int t = 0; t < a.length; t++) {
            sum[t] = a[t] + b[t];
        }
        return sum;
    }

    private static double @Nullable [] addOrTake(double @Nullable [] a, double @Nullable [] b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return add(a, b);
    }

    private static double @Nullable [][] addRows(double @Nullable [][] a, double @Nullable [][] b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        double[][] sum = new double[a.length][];
        for (int i = 0; i < a.length; i++) {
            sum[i] = add(a[i], b[i]);
        }
        return sum;
    }
}
