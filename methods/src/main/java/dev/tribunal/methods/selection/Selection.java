package dev.tribunal.methods.selection;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Which completions of one prompt are taken, as probabilities to draw them with. Of equals the first is the better.
 *
 * <p>Best, best and random, best and worst, top, power: PF-PPO (arXiv 2409.06957); prioritised: A-LoL (arXiv 2305.14718).
 * Scores are finite.
 */
public final class Selection {

    private Selection() {}

    /** All of the probability on the best: best of n. */
    public static double[] best(double[] scores) {
        return byRank(scores, rank -> rank == 0 ? 1 : 0);
    }

    /** One half on the best, the other spread over the rest. */
    public static double[] bestAndRandom(double[] scores) {
        int rest = scores.length - 1;
        return rest == 0 ? best(scores) : byRank(scores, rank -> rank == 0 ? 0.5 : 0.5 / rest);
    }

    /** One half each on the best and the worst. */
    public static double[] bestAndWorst(double[] scores) {
        int worst = scores.length - 1;
        return worst == 0 ? best(scores) : byRank(scores, rank -> rank == 0 || rank == worst ? 0.5 : 0);
    }

    /** All alike: what is drawn is a random sample. */
    public static double[] uniform(double[] scores) {
        return byRank(scores, rank -> 1.0 / scores.length);
    }

    /** Alike among the scores of the threshold or more. All 0 where there is none. */
    public static double[] top(double[] scores, double threshold) {
        return alike(scores, score -> score >= threshold);
    }

    /**
     * One half alike among the scores of the threshold or more, the other among the rest; all of it on one of the two where
     * the other is empty.
     */
    public static double[] topAndRandom(double[] scores, double threshold) {
        double[] top = top(scores, threshold);
        double[] rest = alike(scores, score -> score < threshold);
        boolean both = isSome(top) && isSome(rest);
        return IntStream.range(0, scores.length)
                .mapToDouble(i -> (top[i] + rest[i]) * (both ? 0.5 : 1))
                .toArray();
    }

    /** Alike among the scores of the threshold or more, and those of minus the threshold or less. All 0 where there is none. */
    public static double[] topAndBottom(double[] scores, double threshold) {
        return alike(scores, score -> Math.abs(score) >= threshold);
    }

    private static double[] alike(double[] scores, DoublePredicate taken) {
        double count = Arrays.stream(scores).filter(taken).count();
        return Arrays.stream(scores)
                .map(score -> taken.test(score) ? 1 / count : 0)
                .toArray();
    }

    private static boolean isSome(double[] probabilities) {
        return Arrays.stream(probabilities).anyMatch(probability -> probability > 0);
    }

    /** In proportion to |score|^exponent; scores are meant to be in [-1, 1]. Alike where all are 0. */
    public static double[] power(double[] scores, double exponent) {
        double[] weights = Arrays.stream(scores)
                .map(score -> Math.pow(Math.abs(score), exponent))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return sum == 0
                ? uniform(scores)
                : Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /** In proportion to the advantage; never one that is not positive. All 0 where none is. */
    public static double[] prioritised(double[] advantages) {
        double sum =
                Arrays.stream(advantages).filter(advantage -> advantage > 0).sum();
        return Arrays.stream(advantages)
                .map(advantage -> advantage > 0 ? advantage / sum : 0)
                .toArray();
    }

    /**
     * The index that a number of [0, 1) draws.
     *
     * @param probabilities with the sum 1
     */
    public static int draw(double[] probabilities, double uniform) {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < probabilities.length; i++) {
            sum += probabilities[i];
            if (probabilities[i] > 0) {
                last = i;
                if (uniform < sum) {
                    return i;
                }
            }
        }
        return last; // rounding left the sum below the number
    }

    private static double[] byRank(double[] scores, IntToDoubleFunction probability) {
        Integer[] order = IntStream.range(0, scores.length).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Double.compare(scores[b], scores[a])); // stable: the first of equals is the better
        double[] probabilities = new double[scores.length];
        for (int rank = 0; rank < order.length; rank++) {
            probabilities[order[rank]] = probability.applyAsDouble(rank);
        }
        return probabilities;
    }
}
