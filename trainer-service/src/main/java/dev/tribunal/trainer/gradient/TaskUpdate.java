package dev.tribunal.trainer.gradient;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.methods.loss.OfPair;
import dev.tribunal.methods.rollout.RatedRollout;
import dev.tribunal.trainer.collection.Spread;
import dev.tribunal.trainer.gradient.TermPasses.Passed;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.task.Batch;
import dev.tribunal.trainer.task.TrainingTask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One task's part of a step: its minibatch, the losses that its method makes of it, and what came of them.
 *
 * @param baselineCompletions the baseline completions that are trained on, as if the policy had sampled them
 * @param passed what was sent to the engine in the step's first epoch
 */
public record TaskUpdate(
        TrainingTask task,
        Batch batch,
        List<LossTerm> terms,
        List<TrainedBaselineCompletion> baselineCompletions,
        List<Passed> passed) {

    public record TrainedBaselineCompletion(Group group, Rollout rollout) {}

    /** @param asRollout makes a rollout of a group's baseline completion, under the policy as it is before the step */
    public static TaskUpdate of(TrainingTask task, Batch batch, Function<Group, Rollout> asRollout) {
        List<LossTerm> terms = task.optimizer().terms(batch.groups());
        List<TrainedBaselineCompletion> baselineCompletions = new ArrayList<>();
        Set<Group> trained =
                Collections.newSetFromMap(new IdentityHashMap<>()); // several losses may be of the same one
        for (LossTerm term : terms) {
            for (Member member : term.members()) {
                Batch.Origin origin = batch.origin(member.rollout());
                if (origin != null && origin.rollout() == null && trained.add(origin.group())) {
                    baselineCompletions.add(
                            new TrainedBaselineCompletion(origin.group(), asRollout.apply(origin.group())));
                }
            }
        }
        return new TaskUpdate(task, batch, terms, baselineCompletions, new ArrayList<>());
    }

    /**
     * An epoch's mini-batches: every term is in one of them.
     *
     * @param key random key of the epoch's order, where there is more than one
     */
    public List<List<LossTerm>> parts(int parts, long key) {
        if (parts == 1) {
            return List.of(terms);
        }
        List<LossTerm> shuffled = CounterRandom.shuffled(terms, key);
        return IntStream.range(0, parts)
                .mapToObj(part -> shuffled.subList((int) ((long) shuffled.size() * part / parts), (int)
                        ((long) shuffled.size() * (part + 1) / parts)))
                .toList();
    }

    /**
     * What the method took a rollout for.
     *
     * @param weight factor of the completion's log-likelihood in the ascent direction, before the division by n: its
     *     advantage, or what its pair's loss made of it
     */
    public record Weighed(
            double weight,
            @Nullable Double regularizedReward,
            @Nullable String role) {

        /** Of a rollout that is in several losses, such as those of several reward models. */
        private static Weighed mean(List<Weighed> all) {
            Weighed first = all.getFirst();
            if (all.size() == 1) {
                return first;
            }
            return new Weighed(
                    all.stream().mapToDouble(Weighed::weight).average().orElseThrow(),
                    first.regularizedReward() == null
                            ? null
                            : (Double) all.stream()
                                    .map(Weighed::regularizedReward)
                                    .filter(Objects::nonNull)
                                    .mapToDouble(reward -> reward)
                                    .average()
                                    .orElseThrow(),
                    first.role());
        }
    }

    /**
     * @param rollouts of the sampled rollouts that are in the batch
     * @param baselineCompletions of the baseline completions that are trained on, by their groups
     */
    public record Weights(
            IdentityHashMap<Rollout, Weighed> rollouts, IdentityHashMap<Group, Weighed> baselineCompletions) {}

    public Weights weights() {
        IdentityHashMap<LossTerm, Passed> sent = new IdentityHashMap<>();
        passed.forEach(each -> sent.put(each.term(), each));
        IdentityHashMap<Rollout, List<Weighed>> rollouts = new IdentityHashMap<>();
        IdentityHashMap<Group, Weighed> ofBaselines = new IdentityHashMap<>();
        for (LossTerm term : terms) {
            for (int i = 0; i < term.members().size(); i++) {
                Member member = term.members().get(i);
                Batch.Origin origin = batch.origin(member.rollout());
                if (origin == null) {
                    continue;
                }
                Weighed weighed =
                        new Weighed(weight(member, sent.get(term), i), member.regularizedReward(), member.role());
                if (origin.rollout() == null) {
                    ofBaselines.put(origin.group(), weighed);
                } else {
                    rollouts.computeIfAbsent(origin.rollout(), first -> new ArrayList<>())
                            .add(weighed);
                }
            }
        }
        IdentityHashMap<Rollout, Weighed> means = new IdentityHashMap<>();
        rollouts.forEach((rollout, all) -> means.put(rollout, Weighed.mean(all)));
        return new Weights(means, ofBaselines);
    }

    private double weight(Member member, @Nullable Passed sent, int index) {
        if (member.advantage() != null) {
            return member.advantage();
        }
        if (sent == null) {
            return 0;
        }
        double[] slopes = sent.slopes().rollouts().get(index).logProbs();
        double sum = 0;
        for (double slope : slopes) {
            sum -= slope;
        }
        return sum / slopes.length * batch.groups().size();
    }

    /** The sampled groups of which a rollout has a weight. */
    Set<Group> taught() {
        Set<Group> taught = Collections.newSetFromMap(new IdentityHashMap<>());
        weighed().map(batch::origin).filter(Objects::nonNull).forEach(origin -> taught.add(origin.group()));
        return taught;
    }

    /** How many groups of a file have a rollout with a weight. */
    int taughtRows() {
        Set<RatedRollout> weighed = weighed().collect(Collectors.toSet());
        return (int) batch.groups().stream()
                .filter(group -> group.rollouts().stream().anyMatch(weighed::contains))
                .count();
    }

    private Stream<RatedRollout> weighed() {
        return terms.stream()
                .filter(term -> !term.isZero())
                .flatMap(term -> term.members().stream())
                .map(Member::rollout);
    }

    /** Tells the optimizer what the policy said of the terms that were passed. */
    public void observe() {
        task.optimizer().observe(passed.stream().map(Passed::observed).toList());
    }

    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>(ofExperience());
        new TreeMap<>(task.optimizer().metrics())
                .forEach((name, value) -> metrics.add(new Metric(name, task.name(), value)));
        return metrics;
    }

    /** The loss, of methods that learn from files; that of a policy gradient says nothing of how well it goes. */
    private List<Metric> ofExperience() {
        if (task.spec().method().experience() == Experience.ROLLOUTS) {
            return ofRollouts();
        }
        List<Metric> metrics = new ArrayList<>();
        if (!passed.isEmpty()) {
            double loss =
                    passed.stream().mapToDouble(each -> each.slopes().loss()).sum();
            metrics.add(new Metric(MetricNames.LOSS, task.name(), loss));
        }
        agreements(passed)
                .average()
                .ifPresent(mean -> metrics.add(new Metric(MetricNames.PREFERENCE_ACCURACY, task.name(), mean)));
        return metrics;
    }

    /** Of those that are pairs, whether the policy prefers the chosen completion. */
    public static DoubleStream agreements(List<Passed> passed) {
        return passed.stream()
                .filter(each -> each.term() instanceof OfPair)
                .mapToDouble(
                        each -> ((OfPair) each.term()).agreement(each.observed().now()));
    }

    private List<Metric> ofRollouts() {
        List<Metric> metrics = new ArrayList<>();
        Spread.add(
                metrics,
                MetricNames.ADVANTAGE,
                task.name(),
                weights().rollouts().values().stream()
                        .mapToDouble(Weighed::weight)
                        .sorted() // their order is that of addresses, which a sum must not depend on
                        .toArray());
        if (task.spec().method().hasPairs() && task.spec().combiner() == null) {
            long pairs = terms.stream().filter(OfPair.class::isInstance).count();
            metrics.add(new Metric(
                    MetricNames.PAIRS_SKIPPED, task.name(), batch.groups().size() - pairs));
        }
        if (task.spec().method().needs().contains(Need.BASELINE_VERDICTS)) {
            metrics.add(new Metric(MetricNames.FALLBACKS, task.name(), baselineCompletions.size()));
        }
        return metrics;
    }
}
