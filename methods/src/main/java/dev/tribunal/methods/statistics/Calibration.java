package dev.tribunal.methods.statistics;

/**
 * How far the probabilities that a reward model gives its preferences are those with which it is right. That of a pair is
 * P = sigma(r_chosen - r_rejected), which is also what a calibrated reward (CGPO, eq. 5) is. What it prefers has confidence
 * max(P, 1 - P), and is right if P is more than 1/2.
 *
 * @param ece expected calibration error (Guo et al., arXiv 1706.04599, eq. 3): the mean distance of confidence and share
 *     of right ones in bins of equal width over [1/2, 1], weighted by their pairs; 0 is best
 * @param brier mean of (1 - P)^2 (Brier, Monthly Weather Review 78, 1950); 0 is best, 1/4 is a coin
 * @param pairs that it is taken over
 */
public record Calibration(double ece, double brier, int pairs) {

    private static final int BINS = 10;

    /** @param probabilities P of each pair, at least one */
    public static Calibration of(double[] probabilities) {
        if (probabilities.length == 0) {
            throw new IllegalArgumentException("there is no pair to be calibrated on");
        }
        double[] confidence = new double[BINS];
        double[] right = new double[BINS];
        double brier = 0;
        for (double p : probabilities) {
            double sure = Math.max(p, 1 - p);
            int bin = Math.min(BINS - 1, (int) ((sure - 0.5) * 2 * BINS));
            confidence[bin] += sure;
            // Of equal scores neither is preferred: half of them are right.
            right[bin] += p > 0.5 ? 1 : p == 0.5 ? 0.5 : 0;
            brier += (1 - p) * (1 - p);
        }
        double ece = 0;
        for (int bin = 0; bin < BINS; bin++) {
            ece += Math.abs(confidence[bin] - right[bin]);
        }
        return new Calibration(ece / probabilities.length, brier / probabilities.length, probabilities.length);
    }
}
