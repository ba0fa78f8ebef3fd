package dev.tribunal.methods.combiner;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import java.util.Arrays;

/**
 * Pairwise normalised gradients (Yuan et al., "A common pitfall of margin-based language model alignment: gradient
 * entanglement", arXiv 2410.13828): gradients that pull against each other, as a chosen and a rejected completion's do,
 * get one length, so that the larger one does not carry the smaller one along.
 *
 * <pre>sum_i rho_i L g_i / |g_i|,   L = the geometric mean of the |g_i|</pre>
 *
 * The common length is the geometric mean of those that are not 0 and have a weight, so that the sum keeps the size of
 * its parts, which the normalised sum forgets. A gradient of 0 stays 0.
 *
 * @param of what has a gradient of its own: each task, or, as in the paper, the chosen and the rejected completions of each
 *     task's pairs, which takes a second forward pass over pairs; default {@code tasks}
 */
public record PairwiseNormalised(@Default("tasks") Of of) implements GradientCombiner {

    /** What has a gradient of its own. */
    public enum Of {
        @JsonProperty("tasks")
        TASKS,
        @JsonProperty("sides")
        SIDES
    }

    @Override
    public boolean splitsPairs() {
        return of == Of.SIDES;
    }

    @Override
    public boolean needsProducts() {
        return true;
    }

    @Override
    public double[] factors(double[] rho, double[][] products) {
        Products gradients = new Products(products);
        double meanOfLogs = Arrays.stream(gradients.nonZero())
                .filter(i -> rho[i] > 0)
                .mapToDouble(i -> Math.log(gradients.norm(i)))
                .average()
                .orElse(0);
        return NormalisedSum.scaledTo(Math.exp(meanOfLogs), rho, products);
    }

    @Override
    public String paper() {
        return "arXiv 2410.13828";
    }
}
