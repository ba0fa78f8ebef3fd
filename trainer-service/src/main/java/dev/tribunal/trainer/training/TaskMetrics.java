package dev.tribunal.trainer.training;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.methods.loss.Feasibility;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.statistics.BootstrapInterval;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One task's metrics over its rollouts of a step; a mean over nothing is left out. */
record TaskMetrics(String task, List<Group> groups) {

    List<Metric> training() {
        List<Metric> metrics = new ArrayList<>();
        addScores(metrics, MetricNames.SCORE, MetricNames.REWARD);
        add(metrics, MetricNames.CALIBRATED_REWARD, calibratedRewards());
        add(metrics, MetricNames.FEASIBLE_RATE, feasible());
        add(metrics, MetricNames.UNDECIDED_RATE, rollouts().mapToDouble(rollout -> undecided(rollout) ? 1 : 0));
        addSelection(metrics);
        addViolations(metrics, MetricNames.VIOLATION_RATE);
        add(metrics, MetricNames.KL, logRatios());
        add(metrics, MetricNames.TRUNCATED_RATE, truncated());
        add(
                metrics,
                MetricNames.COMPLETION_TOKENS,
                rollouts().mapToDouble(rollout -> rollout.completion().ids().length));
        return metrics;
    }

    List<Metric> heldOut() {
        List<Metric> metrics = new ArrayList<>();
        addWithInterval(metrics, MetricNames.HELD_OUT_FEASIBLE_RATE, TaskMetrics::feasible);
        addWithInterval(metrics, MetricNames.HELD_OUT_CALIBRATED_REWARD, TaskMetrics::calibratedRewards);
        addScores(metrics, MetricNames.HELD_OUT_SCORE, MetricNames.HELD_OUT_REWARD);
        addViolations(metrics, MetricNames.HELD_OUT_VIOLATION_RATE);
        add(metrics, MetricNames.HELD_OUT_KL, logRatios());
        add(metrics, MetricNames.HELD_OUT_TRUNCATED_RATE, truncated());
        return metrics;
    }

    /** Whether judges that could not tell took violated and satisfied rollouts alike; only where one could not. */
    private void addSelection(List<Metric> metrics) {
        if (rollouts().anyMatch(TaskMetrics::undecided)) {
            add(
                    metrics,
                    MetricNames.UNDECIDED_RATE_VIOLATED,
                    rollouts().filter(TaskMetrics::violated).mapToDouble(rollout -> undecided(rollout) ? 1 : 0));
            add(
                    metrics,
                    MetricNames.UNDECIDED_RATE_SATISFIED,
                    rollouts()
                            .filter(Predicate.not(TaskMetrics::violated))
                            .mapToDouble(rollout -> undecided(rollout) ? 1 : 0));
        }
    }

    private static boolean violated(Rollout rollout) {
        return rollout.verdicts().stream().anyMatch(verdict -> verdict.verdict() == Verdict.VIOLATED);
    }

    private void addWithInterval(List<Metric> metrics, String name, Function<TaskMetrics, DoubleStream> values) {
        List<double[]> byPrompt = groups.stream()
                .map(group ->
                        values.apply(new TaskMetrics(task, List.of(group))).toArray())
                .toList();
        if (byPrompt.stream().allMatch(ofPrompt -> ofPrompt.length == 0)) {
            return;
        }
        BootstrapInterval interval = BootstrapInterval.of(byPrompt);
        add(metrics, name, values.apply(this));
        metrics.add(new Metric(name + MetricNames.LOW, task, interval.low()));
        metrics.add(new Metric(name + MetricNames.HIGH, task, interval.high()));
        metrics.add(new Metric(name + MetricNames.PROMPTS, task, interval.prompts()));
    }

    private void addViolations(List<Metric> metrics, String name) {
        violations()
                .forEach((judge, violated) ->
                        add(metrics, name + "." + judge, violated.stream().mapToDouble(v -> v)));
    }

    private DoubleStream truncated() {
        return rollouts().mapToDouble(rollout -> rollout.isCutOff() ? 1 : 0);
    }

    private void add(List<Metric> metrics, String name, DoubleStream values) {
        OptionalDouble mean = values.average();
        if (mean.isPresent()) {
            metrics.add(new Metric(name, task, mean.getAsDouble()));
        }
    }

    private Stream<Rollout> rollouts() {
        return groups.stream().flatMap(group -> group.rollouts().stream());
    }

    /** The mean of the only reward model's scores, or of each one's and of the rewards that are made of them. */
    private void addScores(List<Metric> metrics, String score, String reward) {
        Set<String> models = rollouts()
                .flatMap(rollout -> rollout.scores().byModel().keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        models.forEach(model -> add(metrics, models.size() == 1 ? score : score + "." + model, scores(model)));
        if (models.size() > 1) {
            add(metrics, reward, rewards(Group::reward));
        }
    }

    private DoubleStream scores(String model) {
        return rollouts()
                .map(rollout -> rollout.scores().byModel().get(model))
                .map(score -> score == null ? null : score.value())
                .filter(Objects::nonNull)
                .mapToDouble(ScoreValue::value);
    }

    private DoubleStream logRatios() {
        return rollouts().map(Rollout::logRatio).filter(Objects::nonNull).mapToDouble(logRatio -> logRatio);
    }

    private DoubleStream calibratedRewards() {
        return rewards(Group::calibratedReward);
    }

    private DoubleStream rewards(BiFunction<Group, Rollout, @Nullable Double> worth) {
        return groups.stream()
                .flatMap(group -> group.rollouts().stream().map(rollout -> worth.apply(group, rollout)))
                .filter(Objects::nonNull)
                .mapToDouble(reward -> reward);
    }

    /**
     * Of the rollouts that are decided. Where a task stops at the first violation, its violated rollouts are decided
     * before a sick judge is asked, and the satisfied ones are not: the rate is too low by what {@code undecidedRate}
     * says at most.
     */
    private DoubleStream feasible() {
        return rollouts()
                .filter(Predicate.not(TaskMetrics::undecided))
                .mapToDouble(rollout -> rollout.feasibility() == Feasibility.FEASIBLE ? 1 : 0);
    }

    private static boolean undecided(Rollout rollout) {
        return rollout.feasibility() == Feasibility.UNDECIDED;
    }

    /**
     * By use of a judge, 1 for each violated and 0 for each satisfied verdict, of those that it was asked for and decided.
     * A judge that the task uses twice, with other parameters, is told apart by its place: {@code length}, {@code length.2}.
     */
    private Map<String, List<Integer>> violations() {
        Map<String, List<Integer>> violations = new LinkedHashMap<>();
        rollouts().forEach(rollout -> {
            Map<String, Integer> uses = new HashMap<>();
            for (JudgeVerdict verdict : rollout.verdicts()) {
                int use = uses.merge(verdict.judge(), 1, Integer::sum);
                List<Integer> ofUse = violations.computeIfAbsent(
                        use == 1 ? verdict.judge() : verdict.judge() + "." + use, judge -> new ArrayList<>());
                switch (verdict.verdict()) {
                    case VIOLATED -> ofUse.add(1);
                    case SATISFIED -> ofUse.add(0);
                    case UNDECIDED, NOT_ASKED -> {}
                }
            }
        });
        return violations;
    }

    /** For a person: how many verdicts of whom were undecided, and why; empty if none was. */
    String undecidedVerdicts() {
        return counted(rollouts()
                .flatMap(rollout -> rollout.verdicts().stream())
                .filter(verdict -> verdict.verdict() == Verdict.UNDECIDED)
                .map(verdict -> verdict.judge() + " " + code(verdict)));
    }

    private static String code(JudgeVerdict verdict) {
        return verdict.error() == null ? "without a reason" : verdict.error().code();
    }

    /** For a person: why rollouts have no score, and how many; empty if all have one. */
    String failedScores() {
        return counted(rollouts().map(rollout -> rollout.scores().error()).filter(Objects::nonNull));
    }

    private static String counted(Stream<String> words) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        return counts.entrySet().stream()
                .map(count -> count.getKey() + " x" + count.getValue())
                .collect(Collectors.joining(", "));
    }
}
