package dev.tribunal.methods;

import dev.tribunal.methods.loss.PolicyOptimizer;
import java.util.Set;

/**
 * A method: the record of its hyperparameters, each with bounds and, where there is a usual one, a default. One more
 * line below makes another one known to specs, schemas and the command line.
 */
public interface Method {

    Experience experience();

    Set<Need> needs();

    /** A fresh one with the state that it starts from; the method itself where it has none. */
    PolicyOptimizer optimizer();

    /** Where it is published: the authors' own paper first. */
    String paper();

    /** The fewest completions of one prompt that it can learn from. */
    default int fewestGenerations() {
        return 1;
    }

    /** The fewest rollouts of a minibatch, of all prompts together, that it can learn from. */
    default int fewestRollouts() {
        return fewestGenerations();
    }
}
