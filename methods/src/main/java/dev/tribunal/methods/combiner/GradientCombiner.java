package dev.tribunal.methods.combiner;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * How the tasks' gradients become one. A combiner is the record of its hyperparameters, and one more line below makes
 * another one known.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = WeightedSum.class, name = "weighted-sum"),
    @JsonSubTypes.Type(value = NormalisedSum.class, name = "normalised-sum"),
    @JsonSubTypes.Type(value = Mgda.class, name = "mgda"),
    @JsonSubTypes.Type(value = PcGrad.class, name = "pcgrad"),
    @JsonSubTypes.Type(value = CaGrad.class, name = "cagrad"),
    @JsonSubTypes.Type(value = PairwiseNormalised.class, name = "pairwise-normalised")
})
public interface GradientCombiner {

    /** Whether each gradient has to be kept by itself and multiplied with the others. */
    boolean needsProducts();

    /**
     * Whether the rejected completions of a task's pairs have a gradient of their own, after that of its other completions.
     */
    default boolean splitsPairs() {
        return false;
    }

    /**
     * @param rho {@code [gradients]}, the weight of the task that each is of, not negative; a task of weight 0 contributes
     *     nothing. A gradient is a task's unless the combiner splits pairs
     * @param products {@code [gradients][gradients]}, &lt;g_i, g_j&gt; before any weight; empty if not needed
     * @return {@code [gradients]}
     */
    double[] factors(double[] rho, double[][] products);

    /** Where it is published. */
    String paper();
}
