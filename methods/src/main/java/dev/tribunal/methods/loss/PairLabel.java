package dev.tribunal.methods.loss;

/**
 * What the data says of a pair beside which completion is chosen.
 *
 * @param probability that the chosen completion is truly the better one, from 0 to 1
 * @param margin by how much it is better, in a unit of the data's own
 * @param annotator who labelled the pair
 */
public record PairLabel(double probability, double margin, String annotator) {

    /** Who labelled the pairs of data that does not say. */
    public static final String ONLY_ANNOTATOR = "all";

    /** Of data that says nothing more. */
    public static final PairLabel CERTAIN = new PairLabel(1, 0, ONLY_ANNOTATOR);

    public PairLabel {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("probability is " + probability + ", but must be from 0 to 1");
        }
        if (!Double.isFinite(margin)) {
            throw new IllegalArgumentException("margin is " + margin + ", but must be finite");
        }
    }
}
