package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.methods.policy.PolicyOptimizer;
import dev.tribunal.trainer.checkpoint.BaselineState;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptCursor;
import dev.tribunal.trainer.prompt.PromptOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One task of a run: {@code (D_l, J_l, B_l, R_l, O_l)} of Algorithm 2, and where it stands in its prompts. */
final class TrainingTask {

    private final int index;
    private final RunSpec.Task spec;
    private final PolicyOptimizer optimizer;
    private final int generations;
    private final Assessor assessor;
    private final TaskPrompts training;
    private final @Nullable TaskPrompts heldOut;
    private final RandomKeys keys;
    private final PromptOrder order;
    private PromptCursor cursor = PromptCursor.START;

    TrainingTask(
            int index,
            RunSpec.Task spec,
            RunSpec.Optimizer optimizer,
            Assessor assessor,
            TaskPrompts training,
            @Nullable TaskPrompts heldOut,
            RandomKeys keys) {
        this.index = index;
        this.spec = spec;
        this.optimizer = PolicyOptimizers.of(optimizer);
        this.generations = optimizer.generations();
        this.assessor = assessor;
        this.training = training;
        this.heldOut = heldOut;
        this.keys = keys;
        this.order = new PromptOrder(training.set().prompts().size(), keys.promptOrder(index));
    }

    /** A file's prompts and their baseline completions. */
    record TaskPrompts(PromptSet set, Baselines baselines) {}

    /** A group that is to be sampled: its rollouts are numbered from {@code firstSample} on, one a random key. */
    record GroupPlan(TrainingTask task, TaskPrompts prompts, int prompt, int firstSample, long[] randomKeys) {

        Prompt line() {
            return prompts.set().prompts().get(prompt);
        }

        int[] promptIds() {
            return prompts.set().ids().get(prompt);
        }
    }

    String name() {
        return spec.name();
    }

    RunSpec.Task spec() {
        return spec;
    }

    PolicyOptimizer optimizer() {
        return optimizer;
    }

    Assessor assessor() {
        return assessor;
    }

    PromptCursor cursor() {
        return cursor;
    }

    /** Algorithm 1, line 3: the step's prompts. Asking again without {@link #advance} gives the same. */
    List<GroupPlan> plan(int step) {
        List<GroupPlan> plans = new ArrayList<>();
        for (PromptOrder.Draw draw :
                order.draw(cursor, spec.prompts().batchSize()).draws()) {
            int first = draw.repeat() * generations;
            long[] randomKeys = IntStream.range(first, first + generations)
                    .mapToLong(sample -> keys.rollout(step, index, draw.prompt(), sample))
                    .toArray();
            plans.add(new GroupPlan(this, training, draw.prompt(), first, randomKeys));
        }
        return plans;
    }

    /** Leaves the step's prompts behind, once the step is taken. */
    void advance() {
        cursor = order.draw(cursor, spec.prompts().batchSize()).next();
    }

    /** Where it stands now, for a checkpoint; what is asked from here on can be forgotten. */
    TaskState keep() {
        return new TaskState(
                cursor,
                training.baselines().keep(),
                heldOut == null ? BaselineState.NONE : heldOut.baselines().keep(),
                Map.of());
    }

    /** Drops what was learnt of baseline completions since the last {@link #keep}. */
    void forget() {
        training.baselines().forget();
        if (heldOut != null) {
            heldOut.baselines().forget();
        }
    }

    /** Goes on where a checkpoint was. */
    void restore(TaskState state) {
        cursor = state.cursor();
        training.baselines().restore(state.baselines());
        if (heldOut != null) {
            heldOut.baselines().restore(state.heldOutBaselines());
        }
    }

    /** Every held-out prompt; none if the task has no such file. */
    List<GroupPlan> planEvaluation(int samples) {
        if (heldOut == null) {
            return List.of();
        }
        return IntStream.range(0, heldOut.set().prompts().size())
                .mapToObj(prompt -> new GroupPlan(
                        this,
                        heldOut,
                        prompt,
                        0,
                        LongStream.range(0, samples)
                                .map(sample -> keys.evaluation(index, prompt, (int) sample))
                                .toArray()))
                .toList();
    }
}
