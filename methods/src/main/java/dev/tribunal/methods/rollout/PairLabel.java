package dev.tribunal.methods.rollout;

import org.jspecify.annotations.Nullable;

/**
 * What the data says of a pair beside which completion is chosen.
 *
 * @param probability that the chosen completion is truly the better one, from 0 to 1; absent where nobody said
 * @param margin by how much it is better, in a unit of the data's own; negative where votes contradict the label; absent
 *     where nobody said
 * @param annotator who labelled the pair
 */
public record PairLabel(
        @Nullable Double probability, @Nullable Double margin, String annotator) {

    /** Who labelled the pairs of data that does not say. */
    public static final String ONLY_ANNOTATOR = "all";

    /** Of data that says nothing more. */
    public static final PairLabel CERTAIN = new PairLabel(null, null, ONLY_ANNOTATOR);

    public PairLabel {
        if (probability != null && !(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a label's probability is " + probability + ", but must be from 0 to 1");
        }
        if (margin != null && !Double.isFinite(margin)) {
            throw new IllegalArgumentException("a margin is " + margin + ", but must be finite");
        }
    }

    /** @param otherwise where nobody said */
    public double probability(double otherwise) {
        return probability == null ? otherwise : probability;
    }

    /** @param otherwise where nobody said */
    public double margin(double otherwise) {
        return margin == null ? otherwise : margin;
    }

    /** The same where only which completion is chosen is given: what is inferred of the label is not what it says. */
    public PairLabel withoutProbability() {
        return new PairLabel(null, margin, annotator);
    }

    /** Of the same pair, were the other completion the chosen one. */
    public PairLabel turned() {
        return new PairLabel(
                probability == null ? null : Double.valueOf(1 - probability),
                margin == null ? null : Double.valueOf(-margin),
                annotator);
    }
}
