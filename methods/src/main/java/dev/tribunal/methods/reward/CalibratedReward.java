package dev.tribunal.methods.reward;

/**
 * The calibrated reward (CGPO, arXiv 2409.20370, eq. 5): about the probability that a completion is better than the
 * prompt's baseline completion, which makes rewards comparable between prompts.
 *
 * <pre>R_calib(s,a) = sigma(r(s,a) - r(s,a-bar))</pre>
 */
public final class CalibratedReward {

    private CalibratedReward() {}

    /**
     * @param score r(s, a), finite
     * @param baselineScore r(s, a-bar), finite, by the same version of the same reward model
     * @return in [0, 1]
     */
    public static double of(double score, double baselineScore) {
        if (!Double.isFinite(score) || !Double.isFinite(baselineScore)) {
            throw new IllegalArgumentException("scores must be finite: " + score + ", " + baselineScore);
        }
        return 1 / (1 + Math.exp(baselineScore - score));
    }
}
