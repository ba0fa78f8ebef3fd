package dev.tribunal.trainer.task;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.task.SampledPrompts.GroupPlan;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Dynamic sampling (DAPO, arXiv 2503.14476, section 3.2): groups that teach nothing are left out of the minibatch, and the
 * task's next prompts are sampled in their place, from the same order, so that none is skipped or repeated within an epoch.
 * A task without it keeps its groups as they are.
 */
public final class DynamicSampling {

    private DynamicSampling() {}

    /** Which of a step's groups teach something, each found out once. */
    public static final class Fates {

        private final IdentityHashMap<Group, Boolean> known = new IdentityHashMap<>();

        private boolean teaches(TrainingTask task, Group group) {
            return known.computeIfAbsent(group, once -> DynamicSampling.teaches(task, once));
        }
    }

    private static boolean isOn(TrainingTask task) {
        return task.spec().prompts().dynamicSampling() != null;
    }

    /** The groups that the method learns from. */
    static List<Group> kept(TrainingTask task, List<Group> groups, Fates fates) {
        return isOn(task)
                ? groups.stream().filter(group -> fates.teaches(task, group)).toList()
                : groups;
    }

    private static boolean teaches(TrainingTask task, Group group) {
        if (group.members().size() < task.spec().failurePolicy().minimumGroup()) {
            return false;
        }
        RatedGroup rated = Batch.of(
                        List.of(group),
                        task.source() instanceof SampledPrompts prompts && prompts.needsBaselineVerdicts(),
                        null)
                .groups()
                .getFirst();
        return task.spec().method().learnsFrom(rated);
    }

    /**
     * What a task draws beside what it has; none if it has enough, or has drawn often enough.
     *
     * @param round of the step that this would be, from 2
     */
    public static List<GroupPlan> more(TrainingTask task, Collected collected, int step, int round) {
        RunSpec.DynamicSampling dynamic = task.spec().prompts().dynamicSampling();
        return dynamic != null && round <= dynamic.maxRounds() && task.source() instanceof SampledPrompts prompts
                ? prompts.planMore(step, missing(task, collected.of(prompts), collected.fates()))
                : List.of();
    }

    private static int missing(TrainingTask task, List<Group> groups, Fates fates) {
        return Math.max(
                0, task.spec().prompts().batchSize() - kept(task, groups, fates).size());
    }

    /** For people, of each task that ends with fewer groups than its batch size. */
    public static List<String> shortfalls(List<TrainingTask> tasks, Collected collected) {
        List<String> shortfalls = new ArrayList<>();
        for (TrainingTask task : tasks) {
            if (isOn(task) && task.source() instanceof SampledPrompts prompts) {
                List<Group> groups = collected.of(prompts);
                int missing = missing(task, groups, collected.fates());
                int wanted = task.spec().prompts().batchSize();
                if (missing > 0) {
                    shortfalls.add("task '" + task.name() + "' learns from " + (wanted - missing) + " groups of the "
                            + wanted + " that batchSize asks for, after " + groups.size()
                            + " were sampled; raise prompts.dynamicSampling.maxRounds, or give it prompts that are"
                            + " neither too easy nor too hard");
                }
            }
        }
        return shortfalls;
    }
}
