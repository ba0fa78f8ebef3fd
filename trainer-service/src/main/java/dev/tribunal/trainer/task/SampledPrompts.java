package dev.tribunal.trainer.task;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.trainer.checkpoint.BaselineCompletionState;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.prompt.PromptCursor;
import dev.tribunal.trainer.prompt.PromptOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Prompts that the policy answers: {@code (D_l, J_l, B_l, R_l)} of Algorithm 2, and where the task stands in its prompts.
 */
public final class SampledPrompts implements TrainingTask.Source {

    private final int index;
    private final RunSpec.Task spec;
    private final int generations;
    private final Assessor assessor;
    private final TaskPrompts training;
    private final @Nullable TaskPrompts heldOut;
    private final RandomKeys keys;
    private final PromptOrder order;
    private PromptCursor cursor = PromptCursor.START;

    /** Prompts that the step at hand has drawn. */
    private int drawn;

    public SampledPrompts(
            int index,
            RunSpec.Task spec,
            Assessor assessor,
            TaskPrompts training,
            @Nullable TaskPrompts heldOut,
            RandomKeys keys) {
        this.index = index;
        this.spec = spec;
        this.generations = spec.requiredGenerations();
        this.assessor = assessor;
        this.training = training;
        this.heldOut = heldOut;
        this.keys = keys;
        this.order = new PromptOrder(training.set().prompts().size(), keys.promptOrder(index));
    }

    /** A file's prompts and their baseline completions, if the task has those. */
    public record TaskPrompts(PromptSet set, @Nullable BaselineCompletions baselineCompletions) {}

    /**
     * A group that is to be sampled: its rollouts are numbered from {@code firstSample} on, one a random key.
     *
     * @param selection key of what a method draws among the rollouts
     */
    public record GroupPlan(
            SampledPrompts task, TaskPrompts prompts, int prompt, int firstSample, long[] randomKeys, long selection) {

        public Prompt line() {
            return prompts.set().prompts().get(prompt);
        }

        public int[] promptIds() {
            return prompts.set().ids().get(prompt);
        }
    }

    public String name() {
        return spec.name();
    }

    public RunSpec.Task spec() {
        return spec;
    }

    /** Whether the method may train on baseline completions, so that their verdicts have to be known. */
    public boolean needsBaselineVerdicts() {
        return spec.method().needs().contains(Need.BASELINE_VERDICTS);
    }

    /** How the task makes rewards of scores. */
    public RewardChain rewards() {
        return new RewardChain(spec.rewards());
    }

    public Assessor assessor() {
        return assessor;
    }

    @Override
    public TaskState state(Map<String, Double> optimizer) {
        return new TaskState(cursor, baselineCompletions(training), baselineCompletions(heldOut), optimizer);
    }

    private static BaselineCompletionState baselineCompletions(@Nullable TaskPrompts prompts) {
        return prompts == null || prompts.baselineCompletions() == null
                ? BaselineCompletionState.NONE
                : prompts.baselineCompletions().state();
    }

    @Override
    public void restore(TaskState state) {
        cursor = state.cursor();
        drawn = 0;
        restore(training, state.baselineCompletions());
        restore(heldOut, state.heldOutBaselineCompletions());
    }

    private static void restore(@Nullable TaskPrompts prompts, BaselineCompletionState state) {
        if (prompts != null && prompts.baselineCompletions() != null) {
            prompts.baselineCompletions().restore(state);
        }
    }

    /** The step's first prompts of all tasks that sample. */
    public static List<GroupPlan> plan(List<TrainingTask> tasks, int step) {
        List<GroupPlan> plans = new ArrayList<>();
        for (TrainingTask task : tasks) {
            if (task.source() instanceof SampledPrompts prompts) {
                plans.addAll(prompts.plan(step));
            }
        }
        return plans;
    }

    /**
     * The prompts of a step to come, if the steps before it draw their batch size and no more.
     *
     * @param ahead how many steps it is after the one at hand
     */
    public static List<GroupPlan> planAhead(List<TrainingTask> tasks, int step, int ahead) {
        List<GroupPlan> plans = new ArrayList<>();
        for (TrainingTask task : tasks) {
            if (task.source() instanceof SampledPrompts prompts) {
                plans.addAll(prompts.planAhead(step, ahead));
            }
        }
        return plans;
    }

    private List<GroupPlan> planAhead(int step, int ahead) {
        int count = spec.prompts().batchSize();
        PromptCursor from = cursor;
        for (int before = 0; before < ahead; before++) {
            from = order.draw(from, count).next();
        }
        return order.draw(from, count).draws().stream()
                .map(draw -> plan(step, draw))
                .toList();
    }

    /** Token ids of its training prompts, in the file's order. */
    public List<int[]> promptIds() {
        return training.set().ids();
    }

    /** Algorithm 1, line 3: the step's prompts. Asking again without {@link #advance} gives the same. */
    public List<GroupPlan> plan(int step) {
        drawn = 0;
        return planMore(step, spec.prompts().batchSize());
    }

    /** So many prompts more, from where the step's last ones left the cursor. */
    List<GroupPlan> planMore(int step, int count) {
        List<PromptOrder.Draw> draws = order.draw(cursor, drawn + count).draws();
        List<GroupPlan> plans = draws.subList(drawn, drawn + count).stream()
                .map(draw -> plan(step, draw))
                .toList();
        drawn += count;
        return plans;
    }

    private GroupPlan plan(int step, PromptOrder.Draw draw) {
        int first = draw.repeat() * generations;
        long[] randomKeys = IntStream.range(first, first + generations)
                .mapToLong(sample -> keys.rollout(step, index, draw.prompt(), sample))
                .toArray();
        return new GroupPlan(
                this, training, draw.prompt(), first, randomKeys, keys.selection(step, index, draw.prompt(), first));
    }

    @Override
    public void advance() {
        cursor = order.draw(cursor, drawn).next();
        drawn = 0;
    }

    @Override
    public boolean hasHeldOut() {
        return heldOut != null;
    }

    /**
     * The held-out prompts; none if the task has no such file.
     *
     * @param most so many of them, from the first; absent for all
     */
    public List<GroupPlan> planEvaluation(int samples, @Nullable Integer most) {
        if (heldOut == null) {
            return List.of();
        }
        return IntStream.range(
                        0,
                        Math.min(heldOut.set().prompts().size(), Objects.requireNonNullElse(most, Integer.MAX_VALUE)))
                .mapToObj(prompt -> new GroupPlan(
                        this,
                        heldOut,
                        prompt,
                        0,
                        LongStream.range(0, samples)
                                .map(sample -> keys.evaluation(index, prompt, (int) sample))
                                .toArray(),
                        0))
                .toList();
    }
}
