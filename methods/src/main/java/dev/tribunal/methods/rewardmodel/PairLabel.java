package dev.tribunal.methods.rewardmodel;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a pair beside which completion is preferred.
 *
 * @param margin by how much the chosen completion is better, on the scale of scores, as votes or ratings say; absent
 *     where nobody said; negative where votes contradict the label
 * @param labelProbability that the chosen completion is truly the better one, 0 to 1; absent where nobody said
 * @param annotator who labelled it; pairs without one have the same
 */
public record PairLabel(@Nullable Double margin, @Nullable Double labelProbability, String annotator) {

    /** Of a pair that says nothing more. */
    public static final PairLabel NONE = new PairLabel(null, null, "");

    public PairLabel {
        if (margin != null && !Double.isFinite(margin)) {
            throw new IllegalArgumentException("a margin must be finite, not " + margin);
        }
        if (labelProbability != null && !(labelProbability >= 0 && labelProbability <= 1)) {
            throw new IllegalArgumentException("a label's probability must be from 0 to 1, not " + labelProbability);
        }
    }
}
