package dev.tribunal.methods.selection;

import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The highest, the lowest and the first of those that may be taken. The others are left out, never multiplied by 0: raw
 * scores can be negative, and then a 0 would win. Of equal scores the first is taken.
 */
public final class Best {

    private Best() {}

    /**
     * Best of n: argmax of the scores. Only the order of the scores counts, so that a monotone change of them changes
     * nothing.
     *
     * @param score of a completion by its index; one of NaN is never the highest
     */
    public static OptionalInt highest(int n, IntToDoubleFunction score, IntPredicate mayBeTaken) {
        return IntStream.range(0, n)
                .filter(i -> !Double.isNaN(score.applyAsDouble(i)))
                .filter(mayBeTaken)
                .reduce((best, next) -> score.applyAsDouble(next) > score.applyAsDouble(best) ? next : best);
    }

    /** @param score of a completion by its index; one of NaN is below all others */
    public static OptionalInt lowest(int n, IntToDoubleFunction score, IntPredicate mayBeTaken) {
        IntToDoubleFunction orBelowAll = i -> {
            double given = score.applyAsDouble(i);
            return Double.isNaN(given) ? Double.NEGATIVE_INFINITY : given;
        };
        return IntStream.range(0, n)
                .filter(mayBeTaken)
                .reduce((worst, next) ->
                        orBelowAll.applyAsDouble(next) < orBelowAll.applyAsDouble(worst) ? next : worst);
    }

    /** First feasible of n: a verifier decides, and no score. */
    public static OptionalInt firstFeasible(int n, IntPredicate feasible) {
        return IntStream.range(0, n).filter(feasible).findFirst();
    }

    /**
     * The most that best of n can move away from the policy: log n - (n-1)/n, an upper bound of KL(best of n || policy),
     * nats (Beirami et al., arXiv 2401.01879; there it is shown to be a bound, and earlier work takes it for the value).
     *
     * @param n completions of which the best is taken, at least 1
     */
    public static double klBound(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n is " + n + ", but counts completions and must be at least 1");
        }
        return Math.log(n) - (n - 1.0) / n;
    }
}
