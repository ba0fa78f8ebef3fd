package dev.tribunal.reward.training;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Mean loss and accuracy over rows, and how far the scores are apart. */
public final class Tally {

    /** Of the standard normal distribution: chance alone does better once in twenty times. */
    private static final double ONE_IN_TWENTY = 1.645;

    /** Of fewer decisions even all being right proves little, so that more than half has to do. */
    private static final int TELLING = 10;

    private int rows;
    private int decisions;
    private int right;
    private double loss;
    private double lowest = Double.POSITIVE_INFINITY;
    private double highest = Double.NEGATIVE_INFINITY;

    public void add(double ofRow) {
        rows++;
        loss += ofRow;
    }

    /** A row may decide something, which is right or wrong; one with several heads something for each. */
    public void decided(boolean rightly) {
        decisions++;
        right += rightly ? 1 : 0;
    }

    public void scored(double score) {
        lowest = Math.min(lowest, score);
        highest = Math.max(highest, score);
    }

    public int rows() {
        return rows;
    }

    public int decisions() {
        return decisions;
    }

    public double loss() {
        return loss / rows;
    }

    /** Absent where nothing was decided. */
    @Nullable
    public Double accuracy() {
        return decisions == 0 ? null : (double) right / decisions;
    }

    /** The largest difference between two scores. */
    double spread() {
        return highest - lowest;
    }

    /** Whether a coin might be as often right: a one-sided test at 5 %, by the normal approximation. */
    public boolean atChance() {
        double deviations = (right - decisions / 2.0) / Math.sqrt(decisions / 4.0);
        return decisions < TELLING ? 2 * right <= decisions : deviations < ONE_IN_TWENTY;
    }

    public String sentence() {
        return String.format(Locale.ROOT, "%d of %d pairs (%.0f %%)", right, decisions, 100.0 * right / decisions);
    }
}
