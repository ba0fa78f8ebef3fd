package dev.tribunal.methods.online;

import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.loss.RatedGroup;
import dev.tribunal.methods.loss.RatedRollout;
import java.util.List;

/** What the methods of this package have in common: they learn from rollouts, and most have no state. */
interface OnlineMethod extends Method, PolicyOptimizer {

    @Override
    default Experience experience() {
        return Experience.ROLLOUTS;
    }

    @Override
    default PolicyOptimizer optimizer() {
        return this;
    }

    /** All rollouts of the minibatch but baseline completions, prompt by prompt. */
    static List<RatedRollout> rollouts(List<RatedGroup> batch) {
        return batch.stream().flatMap(group -> group.candidates().stream()).toList();
    }
}
