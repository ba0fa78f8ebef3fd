package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.Need;
import dev.tribunal.trainer.prompt.PromptCursor;
import dev.tribunal.trainer.rollout.Shortages;
import dev.tribunal.trainer.training.RolloutCollector.Collected;
import org.jspecify.annotations.Nullable;

/**
 * One task of a stage: what it learns from, and how.
 *
 * @param optimizer with its state; Algorithm 2's O_l
 * @param source the groups: sampled, or from a file
 * @param wanted what a forward pass is asked for
 */
record TrainingTask(RunSpec.Task spec, PolicyOptimizer optimizer, Source source, Wanted wanted) {

    /** Where a task's groups come from, and where it stands in them. */
    sealed interface Source permits SampledPrompts, Dataset {

        PromptCursor cursor();

        void moveTo(PromptCursor cursor);

        /** Leaves the step's prompts behind, once the step is taken. */
        void advance();

        /** Whether there are prompts that are never trained on. */
        boolean hasHeldOut();
    }

    String name() {
        return spec.name();
    }

    double rho() {
        return spec.weight();
    }

    boolean hasCritic() {
        return spec.method().needs().contains(Need.CRITIC);
    }

    /**
     * Algorithm 1, lines 6 to 10: who is in the step's minibatch.
     *
     * @throws Shortages.ShortageException if the task's failure policy does not let the step go on
     */
    Batch batch(Collected collected, @Nullable Critic critic) {
        return switch (source) {
            case SampledPrompts prompts ->
                Batch.of(
                        Shortages.leaveOut(collected.of(prompts), spec.failurePolicy()),
                        prompts.needsBaselineVerdicts(),
                        hasCritic() ? critic : null);
            case Dataset rows -> rows.batch();
        };
    }
}
