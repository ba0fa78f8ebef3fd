package dev.tribunal.methods.policy;

import java.util.List;

/** How rollouts become token weights. */
public interface PolicyOptimizer {

    /**
     * Weighs one task's minibatch. Statistics run over the whole of it, all prompts together.
     *
     * @param groups one a prompt; rollouts that left the batch are not in them
     * @return one each, in order
     */
    List<WeightedGroup> weigh(List<RatedGroup> groups);

    /** Whether the method may train on the baseline completion, so that its verdicts have to be known. */
    boolean needsBaselineVerdicts();
}
