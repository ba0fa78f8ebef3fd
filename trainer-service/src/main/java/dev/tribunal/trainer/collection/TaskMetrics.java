package dev.tribunal.trainer.collection;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.methods.loss.ImportanceWeights;
import dev.tribunal.methods.reward.ScoreValue;
import dev.tribunal.methods.rollout.Feasibility;
import dev.tribunal.methods.statistics.BootstrapInterval;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One task's metrics over its rollouts of a step; a mean over nothing is left out. */
public record TaskMetrics(String task, List<Group> groups) {

    /** @param leash the method's largest log-ratio, if it has one */
    public List<Metric> training(OptionalDouble leash) {
        List<Metric> metrics = new ArrayList<>();
        scores(MetricNames.SCORE).forEach((name, values) -> addSpread(metrics, name, values));
        addSpread(metrics, MetricNames.REWARD, rewards(Group::reward));
        addSpread(metrics, MetricNames.CALIBRATED_REWARD, calibratedRewards());
        add(metrics, MetricNames.FEASIBLE_RATE, feasible());
        add(metrics, MetricNames.UNDECIDED_RATE, rollouts().mapToDouble(rollout -> undecided(rollout) ? 1 : 0));
        addSelection(metrics);
        violations(MetricNames.VIOLATION_RATE).forEach((name, values) -> add(metrics, name, values));
        undecidedByJudge()
                .forEach((judge, undecided) -> add(
                        metrics,
                        MetricNames.UNDECIDED_VERDICT_RATE + "." + judge,
                        undecided.stream().mapToDouble(u -> u)));
        addSpread(metrics, MetricNames.KL, logRatios());
        add(
                metrics,
                MetricNames.EMPTY_RATE,
                rollouts().mapToDouble(rollout -> rollout.completion().text().isBlank() ? 1 : 0));
        add(
                metrics,
                MetricNames.KL_K3,
                rollouts().map(Rollout::k3).filter(Objects::nonNull).mapToDouble(k3 -> k3));
        leash.ifPresent(most ->
                add(metrics, MetricNames.BEYOND_LEASH_RATE, logRatios().map(logRatio -> logRatio > most ? 1 : 0)));
        add(metrics, MetricNames.ENTROPY, rollouts().flatMapToDouble(TaskMetrics::surprises));
        addSpread(
                metrics,
                MetricNames.IMPORTANCE_RATIO,
                importance().flatMapToDouble(one -> Arrays.stream(one.ratios())));
        add(
                metrics,
                MetricNames.IMPORTANCE_TRUNCATED_RATE,
                importance()
                        .flatMapToDouble(one ->
                                IntStream.range(0, one.ratios().length).mapToDouble(t -> one.isTruncated(t) ? 1 : 0)));
        add(metrics, MetricNames.TRUNCATED_RATE, truncated());
        addSpread(metrics, MetricNames.COMPLETION_TOKENS, tokens());
        addSpread(
                metrics,
                MetricNames.COMPLETION_TOKENS_FINISHED,
                rollouts().filter(Predicate.not(Rollout::isCutOff)).mapToDouble(TaskMetrics::tokens));
        metrics.add(new Metric(
                MetricNames.DISTINCT_PROMPTS,
                task,
                groups.stream().map(group -> group.prompt().index()).distinct().count()));
        return metrics;
    }

    /** Of the rollouts that the policy did not draw itself. */
    private Stream<ImportanceWeights> importance() {
        return rollouts().map(rollout -> rollout.completion().importance()).filter(Objects::nonNull);
    }

    public List<Metric> heldOut() {
        List<Metric> metrics = new ArrayList<>();
        addWithInterval(metrics, MetricNames.HELD_OUT_FEASIBLE_RATE, TaskMetrics::feasible);
        addWithInterval(metrics, MetricNames.HELD_OUT_CALIBRATED_REWARD, TaskMetrics::calibratedRewards);
        addWithInterval(metrics, MetricNames.HELD_OUT_REWARD, part -> part.rewards(Group::reward));
        scores(MetricNames.HELD_OUT_SCORE)
                .keySet()
                .forEach(name -> addWithInterval(
                        metrics,
                        name,
                        part -> part.scores(MetricNames.HELD_OUT_SCORE).get(name)));
        violations(MetricNames.HELD_OUT_VIOLATION_RATE)
                .keySet()
                .forEach(name -> addWithInterval(
                        metrics,
                        name,
                        part -> part.violations(MetricNames.HELD_OUT_VIOLATION_RATE)
                                .get(name)));
        addWithInterval(metrics, MetricNames.HELD_OUT_KL, TaskMetrics::logRatios);
        addWithInterval(metrics, MetricNames.HELD_OUT_TRUNCATED_RATE, TaskMetrics::truncated);
        addWithInterval(metrics, MetricNames.HELD_OUT_COMPLETION_TOKENS, TaskMetrics::tokens);
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

    /** @param values of a part of the groups; absent if the part has none */
    private void addWithInterval(
            List<Metric> metrics, String name, Function<TaskMetrics, @Nullable DoubleStream> values) {
        addWithInterval(
                metrics,
                task,
                name,
                groups.stream()
                        .map(group -> {
                            DoubleStream ofPrompt = values.apply(new TaskMetrics(task, List.of(group)));
                            return ofPrompt == null ? new double[0] : ofPrompt.toArray();
                        })
                        .toList());
    }

    /** @param byPrompt {@code [prompts][values]} */
    public static void addWithInterval(List<Metric> metrics, String task, String name, List<double[]> byPrompt) {
        OptionalDouble mean = byPrompt.stream().flatMapToDouble(Arrays::stream).average();
        if (mean.isEmpty()) {
            return;
        }
        BootstrapInterval interval = BootstrapInterval.of(byPrompt);
        metrics.add(new Metric(name, task, mean.getAsDouble()));
        metrics.add(new Metric(name + MetricNames.LOW, task, interval.low()));
        metrics.add(new Metric(name + MetricNames.HIGH, task, interval.high()));
        metrics.add(new Metric(name + MetricNames.PROMPTS, task, interval.prompts()));
    }

    private DoubleStream tokens() {
        return rollouts().mapToDouble(TaskMetrics::tokens);
    }

    private static int tokens(Rollout rollout) {
        return rollout.completion().ids().length;
    }

    /** -log p of each token that was drawn: their mean estimates the entropy. */
    private static DoubleStream surprises(Rollout rollout) {
        float[] logProbs = rollout.completion().logProbs();
        return IntStream.range(0, logProbs.length).mapToDouble(t -> -logProbs[t]);
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

    private void addSpread(List<Metric> metrics, String name, DoubleStream values) {
        Spread.add(metrics, name, task, values.toArray());
    }

    private Stream<Rollout> rollouts() {
        return groups.stream().flatMap(group -> group.rollouts().stream());
    }

    /** By the metric's name: the only reward model's scores, or each one's. */
    private Map<String, DoubleStream> scores(String name) {
        Set<String> models = rollouts()
                .flatMap(rollout -> rollout.scores().byModel().keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Map<String, DoubleStream> scores = new LinkedHashMap<>();
        models.forEach(model -> scores.put(models.size() == 1 ? name : name + "." + model, scoresOf(model)));
        return scores;
    }

    private DoubleStream scoresOf(String model) {
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

    private Map<String, DoubleStream> violations(String name) {
        Map<String, DoubleStream> violations = new LinkedHashMap<>();
        violations(rollouts().map(Rollout::verdicts))
                .forEach((judge, violated) ->
                        violations.put(name + "." + judge, violated.stream().mapToDouble(v -> v)));
        return violations;
    }

    /**
     * By use of a judge, 1 for each violated and 0 for each satisfied verdict, of those that it was asked for and decided.
     * A judge that is used twice, with other parameters, is told apart by its place: {@code length}, {@code length.2}.
     *
     * @param verdicts of a rollout each
     */
    static Map<String, List<Integer>> violations(Stream<List<JudgeVerdict>> verdicts) {
        return byUse(verdicts, (verdict, ofUse) -> {
            switch (verdict) {
                case VIOLATED -> ofUse.add(1);
                case SATISFIED -> ofUse.add(0);
                case UNDECIDED, NOT_ASKED -> {}
            }
        });
    }

    /** Likewise, 1 for each undecided verdict and 0 for each decided one. */
    private Map<String, List<Integer>> undecidedByJudge() {
        return byUse(rollouts().map(Rollout::verdicts), (verdict, ofUse) -> {
            switch (verdict) {
                case UNDECIDED -> ofUse.add(1);
                case VIOLATED, SATISFIED -> ofUse.add(0);
                case NOT_ASKED -> {}
            }
        });
    }

    private static Map<String, List<Integer>> byUse(
            Stream<List<JudgeVerdict>> verdicts, BiConsumer<Verdict, List<Integer>> counting) {
        Map<String, List<Integer>> counts = new LinkedHashMap<>();
        verdicts.forEach(ofRollout -> {
            Map<String, Integer> uses = new HashMap<>();
            for (JudgeVerdict verdict : ofRollout) {
                int use = uses.merge(verdict.judge(), 1, Integer::sum);
                counting.accept(
                        verdict.verdict(),
                        counts.computeIfAbsent(
                                use == 1 ? verdict.judge() : verdict.judge() + "." + use, judge -> new ArrayList<>()));
            }
        });
        return counts;
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
