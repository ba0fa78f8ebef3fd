package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.trainer.prompt.PromptCursor;

/**
 * One task of a stage: what it learns from, and how.
 *
 * @param optimizer with its state; Algorithm 2's O_l
 * @param source the groups: sampled, or from a file
 */
record TrainingTask(RunSpec.Task spec, PolicyOptimizer optimizer, Source source) {

    /** Where a task's groups come from, and where it stands in them. */
    sealed interface Source permits SampledPrompts, Dataset {

        PromptCursor cursor();

        void moveTo(PromptCursor cursor);

        /** Leaves the step's prompts behind, once the step is taken. */
        void advance();

        /** What log-probabilities are divided by before the softmax, here as in sampling. */
        double temperature();
    }

    String name() {
        return spec.name();
    }

    double rho() {
        return spec.weight();
    }
}
