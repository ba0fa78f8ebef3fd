package dev.tribunal.methods.loss;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Which completions of one prompt are taken, as probabilities to draw them with. Of equals the first is the better.
 *
 * <p>Best, best and random, best and worst, power: PF-PPO (arXiv 2409.06957); prioritised: A-LoL (arXiv 2305.14718). Scores
 * are finite.
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

    /** In proportion to |score|^exponent; scores are meant to be in [-1, 1]. Alike where all are 0. */
    public static double[] power(double[] scores, double exponent) {
        double[] weights = Arrays.stream(scores)
                .map(score -> Math.pow(Math.abs(score), exponent))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return sum == 0
                ? byRank(scores, rank -> 1.0 / scores.length)
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
