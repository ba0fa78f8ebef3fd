package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Member;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.training.GradientAccumulator.Passed;
import dev.tribunal.trainer.training.RunJournal.Metric;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One task's part of a step: its minibatch, the losses that its method makes of it, and what came of them.
 *
 * @param baselines the baseline completions that are trained on, as if the policy had sampled them
 * @param passed what was sent to the engine in the step's first epoch
 */
record TaskUpdate(
        TrainingTask task, Batch batch, List<LossTerm> terms, List<TrainedBaseline> baselines, List<Passed> passed) {

    record TrainedBaseline(Group group, Rollout rollout) {}

    /** @param asRollout makes a rollout of a group's baseline completion, under the policy as it is before the step */
    static TaskUpdate of(TrainingTask task, Batch batch, Function<Group, Rollout> asRollout) {
        List<LossTerm> terms = task.optimizer().terms(batch.groups());
        List<TrainedBaseline> baselines = new ArrayList<>();
        for (LossTerm term : terms) {
            for (Member member : term.members()) {
                Batch.Origin origin = batch.origin(member.rollout());
                if (origin != null && origin.rollout() == null) {
                    baselines.add(new TrainedBaseline(origin.group(), asRollout.apply(origin.group())));
                }
            }
        }
        return new TaskUpdate(task, batch, terms, baselines, new ArrayList<>());
    }

    /**
     * One of an epoch's mini-batches: every term is in one of them.
     *
     * @param key random key of the epoch's order, where there is more than one
     */
    List<LossTerm> part(int part, int parts, long key) {
        if (parts == 1) {
            return terms;
        }
        List<LossTerm> shuffled = new ArrayList<>(terms);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = (int) (CounterRandom.uniform(key, i) * (i + 1));
            shuffled.set(j, shuffled.set(i, shuffled.get(j)));
        }
        int from = (int) ((long) shuffled.size() * part / parts);
        return shuffled.subList(from, (int) ((long) shuffled.size() * (part + 1) / parts));
    }

    /**
     * What the method took a rollout for.
     *
     * @param weight factor of the completion's log-likelihood in the ascent direction, before the division by n: its
     *     advantage, or what its pair's loss made of it
     */
    record Weighed(
            double weight,
            @Nullable Double regularizedReward,
            @Nullable String role) {}

    /** Of the sampled rollouts that are in the batch. */
    IdentityHashMap<Rollout, Weighed> weights() {
        IdentityHashMap<Rollout, Weighed> weights = new IdentityHashMap<>();
        weighed().forEach((origin, weighed) -> {
            if (origin.rollout() != null) {
                weights.put(origin.rollout(), weighed);
            }
        });
        return weights;
    }

    @Nullable
    @SuppressWarnings("ReferenceEquality") // the very group that was sampled
    Weighed weightOfBaseline(Group group) {
        return weighed().entrySet().stream()
                .filter(entry ->
                        entry.getKey().group() == group && entry.getKey().rollout() == null)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private IdentityHashMap<Batch.Origin, Weighed> weighed() {
        IdentityHashMap<LossTerm, Passed> sent = new IdentityHashMap<>();
        passed.forEach(each -> sent.put(each.term(), each));
        IdentityHashMap<Batch.Origin, Weighed> weights = new IdentityHashMap<>();
        for (LossTerm term : terms) {
            for (int i = 0; i < term.members().size(); i++) {
                Member member = term.members().get(i);
                Batch.Origin origin = batch.origin(member.rollout());
                if (origin != null) {
                    weights.put(
                            origin,
                            new Weighed(weight(member, sent.get(term), i), member.regularizedReward(), member.role()));
                }
            }
        }
        return weights;
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

    /** The loss, of methods that learn from files; that of a policy gradient says nothing of how well it goes. */
    List<Metric> metrics() {
        return task.spec().method().experience() == Experience.ROLLOUTS || passed.isEmpty()
                ? List.of()
                : List.of(new Metric(
                        MetricNames.LOSS,
                        task.name(),
                        passed.stream()
                                .mapToDouble(each -> each.slopes().loss())
                                .sum()));
    }
}
