package dev.tribunal.trainer.gradient;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which groups of a step taught their task something, and why the others did not: a rollout of theirs had a weight, or
 * none had. What a step that teaches nothing looks like from outside is a reward curve that is flat.
 */
public final class GroupSignal {

    private GroupSignal() {}

    /** Why a group taught nothing; as words of {@link MetricNames#GROUPS_LEFT}. */
    private enum Lack {
        UNDECIDED,
        UNSCORED,
        TRUNCATED,
        INFEASIBLE,
        ALIKE
    }

    /** @param sampled all of the step's, also those that left the minibatch; empty where a file gave them */
    public static List<Metric> metrics(TaskUpdate update, List<Group> sampled) {
        return update.task().spec().samples() ? ofSampled(update, sampled) : ofRows(update);
    }

    private static List<Metric> ofSampled(TaskUpdate update, List<Group> sampled) {
        Set<Group> taught = update.taught();
        Map<Lack, Integer> left = new EnumMap<>(Lack.class);
        sampled.stream()
                .filter(group -> !taught.contains(group))
                .forEach(group -> left.merge(
                        lack(group, update.task().spec().failurePolicy().minimumGroup()), 1, Integer::sum));
        return metrics(update.task().name(), sampled.size(), taught.size(), left);
    }

    private static List<Metric> ofRows(TaskUpdate update) {
        int all = update.batch().groups().size();
        int taught = update.taughtRows();
        return metrics(update.task().name(), all, taught, all > taught ? Map.of(Lack.ALIKE, all - taught) : Map.of());
    }

    private static List<Metric> metrics(String task, int all, int taught, Map<Lack, Integer> left) {
        List<Metric> metrics = new ArrayList<>();
        metrics.add(new Metric(MetricNames.GROUPS_SAMPLED, task, all));
        metrics.add(new Metric(MetricNames.GROUPS_KEPT, task, taught));
        for (Lack lack : Lack.values()) {
            metrics.add(new Metric(
                    MetricNames.GROUPS_LEFT + "." + lack.name().toLowerCase(Locale.ROOT),
                    task,
                    left.getOrDefault(lack, 0)));
        }
        return metrics;
    }

    /** Of a group that is too small, what most of those that left it lack; of another one, what those that stayed lack. */
    private static Lack lack(Group group, int minimumGroup) {
        List<Rollout> members = group.members();
        if (members.size() < Math.max(1, minimumGroup)) {
            Map<Lack, Integer> left = new EnumMap<>(Lack.class);
            group.rollouts().stream()
                    .filter(rollout -> !members.contains(rollout))
                    .forEach(rollout -> left.merge(lackOfLeft(rollout), 1, Integer::sum));
            return left.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(Lack.ALIKE);
        }
        return members.stream().noneMatch(member -> member.feasibility() == Feasibility.FEASIBLE)
                ? Lack.INFEASIBLE
                : Lack.ALIKE;
    }

    private static Lack lackOfLeft(Rollout rollout) {
        if (rollout.isMasked()) {
            return Lack.TRUNCATED;
        }
        return rollout.feasibility() == Feasibility.UNDECIDED ? Lack.UNDECIDED : Lack.UNSCORED;
    }
}
