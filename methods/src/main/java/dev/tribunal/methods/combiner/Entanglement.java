package dev.tribunal.methods.combiner;

import java.util.List;

/**
 * How the gradients of a pair's completions hang together (Yuan et al., arXiv 2410.13828). With {@code g_w} and {@code g_l}
 * the gradients of their log-likelihoods and {@code G} that of the pair's loss, a small step of gradient descent changes them
 * by the step's size times
 *
 * <pre>
 * log pi(chosen)    -&lt;g_w, G&gt;  =  d_w |g_w|^2 - d_l &lt;g_w, g_l&gt;
 * log pi(rejected)  -&lt;g_l, G&gt;  =  d_w &lt;g_w, g_l&gt; - d_l |g_l|^2
 * </pre>
 *
 * where the right sides are those of a loss with {@code G = -d_w g_w + d_l g_l}, one of the log-likelihoods alone.
 *
 * @param cosine of g_w and g_l
 * @param chosenChange of log pi(chosen), for a step of size 1
 * @param rejectedChange of log pi(rejected), likewise
 */
public record Entanglement(double cosine, double chosenChange, double rejectedChange) {

    /** Rows of the products: of the chosen and of the rejected completion's log-likelihood, and of the loss. */
    public static final int ROWS = 3;

    /**
     * @param products {@code [3][3]}, the inner products of g_w, g_l and G; neither of the first two is 0
     */
    public static Entanglement of(double[][] products) {
        return new Entanglement(
                products[0][1] / Math.sqrt(products[0][0] * products[1][1]), -products[0][2], -products[1][2]);
    }

    /** {@code d_l <g_w, g_l> <= d_w |g_w|^2}: a small step does not make the chosen completion less likely. */
    public boolean chosenRises() {
        return chosenChange >= 0;
    }

    /** {@code d_w <g_w, g_l> <= d_l |g_l|^2}: a small step does not make the rejected completion likelier. */
    public boolean rejectedFalls() {
        return rejectedChange <= 0;
    }

    /** The mean of the cosines. */
    public static double meanCosine(List<Entanglement> pairs) {
        return pairs.stream().mapToDouble(Entanglement::cosine).average().orElseThrow();
    }
}
