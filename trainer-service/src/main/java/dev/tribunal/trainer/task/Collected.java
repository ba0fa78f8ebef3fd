package dev.tribunal.trainer.task;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.task.SampledPrompts.GroupPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A step's groups, sampled and assessed.
 *
 * @param groups one a plan, in order
 * @param ofSampler metrics of what sampled in place of the policy
 */
public record Collected(
        List<GroupPlan> plans, List<Group> groups, Times times, DynamicSampling.Fates fates, List<Metric> ofSampler) {

    public static Collected of(List<GroupPlan> plans, List<Group> groups, Times times, List<Metric> ofSampler) {
        return new Collected(plans, together(plans, groups), times, new DynamicSampling.Fates(), ofSampler);
    }

    public Collected plus(Collected more) {
        return new Collected(
                Stream.concat(plans.stream(), more.plans.stream()).toList(),
                together(
                        Stream.concat(plans.stream(), more.plans.stream()).toList(),
                        Stream.concat(groups.stream(), more.groups.stream()).toList()),
                times.plus(more.times),
                fates,
                ofSampler);
    }

    /** Nothing where nothing was sampled. */
    public List<Metric> clock() {
        if (groups.isEmpty()) {
            return List.of();
        }
        double tokens = groups.stream()
                .flatMap(group -> group.rollouts().stream())
                .mapToDouble(rollout -> rollout.completion().ids().length)
                .sum();
        List<Metric> clock = new ArrayList<>(ofSampler);
        clock.add(new Metric(MetricNames.SAMPLING_SECONDS, null, times.sampling));
        clock.add(new Metric(MetricNames.TOKENS_PER_SECOND, null, tokens / Math.max(times.sampler, 1e-9)));
        clock.add(new Metric(MetricNames.REFERENCE_SECONDS, null, times.reference));
        clock.add(new Metric(MetricNames.REWARD_SECONDS, null, times.rewards));
        clock.add(new Metric(MetricNames.JUDGE_SECONDS, null, times.judges));
        return clock;
    }

    public List<Group> of(SampledPrompts task) {
        return IntStream.range(0, plans.size())
                .filter(i -> plans.get(i).task() == task)
                .mapToObj(groups::get)
                .toList();
    }

    /** With rewards that look at all groups of a task, where the task's do. */
    private static List<Group> together(List<GroupPlan> plans, List<Group> groups) {
        Map<SampledPrompts, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < plans.size(); i++) {
            places.computeIfAbsent(plans.get(i).task(), first -> new ArrayList<>())
                    .add(i);
        }
        List<Group> together = new ArrayList<>(groups);
        places.values().forEach(ofTask -> {
            List<Group> known = Group.together(ofTask.stream().map(groups::get).toList());
            for (int k = 0; k < known.size(); k++) {
                together.set(ofTask.get(k), known.get(k));
            }
        });
        return together;
    }

    /**
     * Where a step's time went before its update, in seconds; the waits are what was left to wait after the rest.
     *
     * @param sampler how long sampling took, some of it perhaps before the step
     */
    public record Times(double sampling, double sampler, double reference, double rewards, double judges) {

        public static final Times NONE = new Times(0, 0, 0, 0, 0);

        private Times plus(Times more) {
            return new Times(
                    sampling + more.sampling,
                    sampler + more.sampler,
                    reference + more.reference,
                    rewards + more.rewards,
                    judges + more.judges);
        }
    }
}
