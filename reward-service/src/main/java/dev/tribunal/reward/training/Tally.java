package dev.tribunal.reward.training;

import dev.tribunal.methods.reward.BradleyTerry;
import java.util.Locale;

/** Mean loss and accuracy over pairs; a pair counts as right if its chosen score is the larger one. */
final class Tally {

    /** Of the standard normal distribution: chance alone does better once in twenty times. */
    private static final double ONE_IN_TWENTY = 1.645;

    /** Of fewer pairs even all being right proves little, so that more than half has to do. */
    private static final int TELLING = 10;

    private int pairs;
    private int right;
    private double loss;
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = Double.NEGATIVE_INFINITY;

    void add(double chosen, double rejected) {
        pairs++;
        right += chosen > rejected ? 1 : 0;
        loss += BradleyTerry.loss(chosen, rejected);
        lowest = Math.min(lowest, Math.min(chosen, rejected));
        highest = Math.max(highest, Math.max(chosen, rejected));
    }

    int pairs() {
        return pairs;
    }

    double loss() {
        return loss / pairs;
    }

    double accuracy() {
        return (double) right / pairs;
    }

    /** The largest difference between two scores. */
    double spread() {
        return highest - lowest;
    }

    /** Whether a coin might be as often right: a one-sided test at 5 %, by the normal approximation. */
    boolean atChance() {
        double deviations = (right - pairs / 2.0) / Math.sqrt(pairs / 4.0);
        return pairs < TELLING ? 2 * right <= pairs : deviations < ONE_IN_TWENTY;
    }

    String sentence() {
        return String.format(Locale.ROOT, "%d of %d pairs (%.0f %%)", right, pairs, 100 * accuracy());
    }
}
