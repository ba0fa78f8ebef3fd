package dev.tribunal.methods.loss;

import dev.tribunal.methods.rollout.RatedGroup;
import java.util.List;
import java.util.Map;

/** How rated groups become losses. */
public interface PolicyOptimizer extends Stateful {

    /**
     * The losses of one task's minibatch. Statistics run over the whole of it, all prompts together, unless the method
     * says otherwise, and n is its size.
     *
     * @return in the order of the groups; a rollout that is in none of them is not trained on
     */
    List<LossTerm> terms(List<RatedGroup> batch);

    /**
     * Renews the state that depends on what the policy says. Called once a step, after its first pass over the terms and
     * before the next {@link #terms}; never for held-out rows.
     *
     * @param step the terms that were passed, in their order
     */
    default void observe(List<Observed> step) {}

    /** What there is to show after a step beside the loss, by the metric's name. Most have nothing. */
    default Map<String, Double> metrics() {
        return Map.of();
    }
}
