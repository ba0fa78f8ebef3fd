package dev.tribunal.trainer.task;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.rollout.Shortages;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One task of a stage: what it learns from, and how.
 *
 * @param optimizer with its state; Algorithm 2's O_l
 * @param source the groups: sampled, or from a file
 * @param ofPolicy what a forward pass is asked for of the policy alone
 * @param reference of the stage
 */
public record TrainingTask(
        RunSpec.Task spec, PolicyOptimizer optimizer, Source source, Wanted ofPolicy, StageReference reference) {

    /** Where a task's groups come from, and where it stands in them. */
    public sealed interface Source permits SampledPrompts, Dataset {

        /**
         * Where it stands, for a checkpoint.
         *
         * @param optimizer the state of the task's optimizer, to stand beside it
         */
        TaskState state(Map<String, Double> optimizer);

        /** Stands where it stood then, and knows nothing that it has learnt since. */
        public void restore(TaskState state);

        /** Leaves the step's prompts behind, once the step is taken. */
        void advance();

        /** Whether there are prompts that are never trained on. */
        boolean hasHeldOut();
    }

    public String name() {
        return spec.name();
    }

    public TaskState state() {
        return source.state(optimizer.state());
    }

    public void restore(TaskState state) {
        source.restore(state);
        optimizer.restore(state.optimizer());
    }

    /** What a forward pass of this step is asked for. */
    public Wanted wanted() {
        return spec.method().needs().contains(Need.TOKEN_KL) ? ofPolicy.withKlFrom(reference.now()) : ofPolicy;
    }

    public double rho() {
        return spec.weight();
    }

    /** Token ids of the prompts that the policy answers; none if the task reads its completions from a file. */
    public List<int[]> promptIds() {
        return switch (source) {
            case SampledPrompts prompts -> prompts.promptIds();
            case Dataset rows -> List.of();
        };
    }

    public boolean hasCritic() {
        return spec.method().needs().contains(Need.CRITIC);
    }

    /**
     * Algorithm 1, lines 6 to 10: who is in the step's minibatch.
     *
     * @throws Shortages.ShortageException if the task's failure policy does not let the step go on
     */
    public Batch batch(Collected collected, @Nullable Critic critic) {
        return switch (source) {
            case SampledPrompts prompts ->
                Batch.of(
                        DynamicSampling.kept(
                                this,
                                Shortages.leaveOut(collected.of(prompts), spec.failurePolicy()),
                                collected.fates()),
                        prompts.needsBaselineVerdicts(),
                        hasCritic() ? critic : null);
            case Dataset rows -> rows.batch();
        };
    }
}
