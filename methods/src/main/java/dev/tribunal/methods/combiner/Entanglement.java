package dev.tribunal.methods.combiner;

/**
 * How the gradients of chosen and rejected completions hang together (Yuan et al., arXiv 2410.13828): with
 * {@code g_w} and {@code g_l} the gradients of their log-likelihoods, and a margin loss's slopes {@code -d_w} and
 * {@code d_l}, a small step along the loss's gradient changes
 *
 * <pre>
 * log pi(chosen)    by   d_w |g_w|^2 - d_l &lt;g_w, g_l&gt;
 * log pi(rejected)  by   d_w &lt;g_w, g_l&gt; - d_l |g_l|^2
 * </pre>
 *
 * @param cosine of g_w and g_l
 * @param chosenRises whether the first is not negative
 * @param rejectedFalls whether the second is not positive
 */
public record Entanglement(double cosine, boolean chosenRises, boolean rejectedFalls) {

    /**
     * Of the two parts of a loss's gradient, {@code -d_w g_w} and {@code d_l g_l}, neither of them 0.
     *
     * @param chosen the first's norm squared
     * @param product the inner product of the two
     * @param rejected the second's norm squared
     */
    public static Entanglement of(double chosen, double product, double rejected) {
        return new Entanglement(
                -product / Math.sqrt(chosen * rejected), chosen + product >= 0, rejected + product >= 0);
    }
}
