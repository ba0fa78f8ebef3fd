package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.methods.loss.RatedGroup;
import dev.tribunal.methods.loss.RatedRollout;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.training.RolloutCollector.Collected;
import dev.tribunal.trainer.training.SampledPrompts.GroupPlan;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Dynamic sampling (DAPO, arXiv 2503.14476, section 3.2): groups that teach nothing are left out of the minibatch, and the
 * task's next prompts are sampled in their place, from the same order, so that none is skipped or repeated within an epoch.
 * A task without it keeps its groups as they are.
 */
final class DynamicSampling {

    private DynamicSampling() {}

    /** What becomes of a group, and why. */
    private enum Fate {
        KEPT,
        SHORT,
        INFEASIBLE,
        ALIKE
    }

    private static boolean isOn(TrainingTask task) {
        return task.spec().prompts().dynamicSampling() != null;
    }

    /** The groups that the method learns from. */
    static List<Group> kept(TrainingTask task, List<Group> groups) {
        return isOn(task)
                ? groups.stream()
                        .filter(group -> fate(task, group) == Fate.KEPT)
                        .toList()
                : groups;
    }

    private static Fate fate(TrainingTask task, Group group) {
        if (group.members().size() < task.spec().failurePolicy().minimumGroup()) {
            return Fate.SHORT;
        }
        RatedGroup rated = Batch.of(
                        List.of(group),
                        task.source() instanceof SampledPrompts prompts && prompts.needsBaselineVerdicts(),
                        null)
                .groups()
                .getFirst();
        if (task.spec().method().learnsFrom(rated)) {
            return Fate.KEPT;
        }
        return rated.candidates().stream().noneMatch(RatedRollout::feasible) ? Fate.INFEASIBLE : Fate.ALIKE;
    }

    /**
     * What a task draws beside what it has; none if it has enough, or has drawn often enough.
     *
     * @param round of the step that this would be, from 2
     */
    static List<GroupPlan> more(TrainingTask task, Collected collected, int step, int round) {
        RunSpec.DynamicSampling dynamic = task.spec().prompts().dynamicSampling();
        return dynamic != null && round <= dynamic.maxRounds() && task.source() instanceof SampledPrompts prompts
                ? prompts.planMore(step, missing(task, collected.of(prompts)))
                : List.of();
    }

    private static int missing(TrainingTask task, List<Group> groups) {
        return Math.max(
                0, task.spec().prompts().batchSize() - kept(task, groups).size());
    }

    /** For people, of each task that ends with fewer groups than its batch size. */
    static List<String> shortfalls(List<TrainingTask> tasks, Collected collected) {
        List<String> shortfalls = new ArrayList<>();
        for (TrainingTask task : tasks) {
            if (isOn(task) && task.source() instanceof SampledPrompts prompts) {
                List<Group> groups = collected.of(prompts);
                int missing = missing(task, groups);
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

    /** What a step left out and why: of a task without this, the groups that its failure policy dropped. */
    static List<Metric> metrics(TrainingTask task, List<Group> groups) {
        Map<Fate, Integer> counts = new EnumMap<>(Fate.class);
        for (Fate fate : isOn(task) ? EnumSet.allOf(Fate.class) : EnumSet.of(Fate.SHORT)) {
            counts.put(fate, 0);
        }
        groups.forEach(group -> counts.computeIfPresent(fate(task, group), (fate, count) -> count + 1));
        List<Metric> metrics = new ArrayList<>();
        counts.forEach((fate, count) -> metrics.add(new Metric(
                switch (fate) {
                    case KEPT -> MetricNames.GROUPS_KEPT;
                    case SHORT, INFEASIBLE, ALIKE ->
                        MetricNames.GROUPS_LEFT + "." + fate.name().toLowerCase(Locale.ROOT);
                },
                task.name(),
                count)));
        return metrics;
    }
}
