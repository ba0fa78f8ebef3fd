package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.LanguageModel.ForwardPass;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Slopes;
import dev.tribunal.methods.loss.TokenSlopes;
import dev.tribunal.trainer.training.RunJournal.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds up one gradient over tasks, loss terms and micro-batches, and takes the step. Between the forward and the backward
 * pass of a micro-batch each term says how its loss changes with what the policy makes of its rollouts now; a micro-batch
 * never cuts a term.
 *
 * <p>The weighted sum is added up in place. A combiner that looks at the tasks' gradients has each in a row of its own,
 * and mixes them before the step.
 */
final class GradientAccumulator {

    private final LanguageModel policy;
    private final @Nullable Critic critic;
    private final GradientCombiner combiner;
    private final List<TrainingTask> tasks;
    private final int microBatchTokens;
    private final RunJournal journal;
    private boolean empty = true;

    GradientAccumulator(
            LanguageModel policy,
            @Nullable Critic critic,
            GradientCombiner combiner,
            List<TrainingTask> tasks,
            LogProbs passes) {
        this.policy = policy;
        this.critic = critic;
        this.combiner = combiner;
        this.tasks = tasks;
        this.microBatchTokens = passes.microBatchTokens();
        this.journal = passes.journal();
    }

    /** Whether each task's gradient is kept by itself until the step. */
    private boolean rows() {
        return combiner.needsProducts() && tasks.size() > 1;
    }

    /** A term with its loss and slopes, before any factor. */
    record Passed(LossTerm term, Slopes slopes) {}

    private record Ready(LossTerm term, List<TokenSequence> sequences) {}

    /**
     * Forward and backward for all terms that have a slope; the rest is never sent.
     *
     * @param update that the terms are of
     * @param factor of their losses beside the task's rho
     * @return those that were sent, in order
     */
    List<Passed> add(TaskUpdate update, List<LossTerm> terms, double factor) {
        TrainingTask task = update.task();
        if (rows()) {
            policy.selectGradient(tasks.indexOf(task));
        }
        double scale = rows() ? factor : factor * task.rho();
        List<Ready> counting = terms.stream()
                .filter(term -> task.rho() != 0 && !term.isZero())
                .map(term -> new Ready(term, update.batch().sequences(term)))
                .toList();
        List<Passed> passed = new ArrayList<>();
        for (List<Ready> micro : MicroBatches.of(counting, Ready::sequences, microBatchTokens)) {
            journal.stopIfCancelled();
            passed.addAll(pass(micro, task, scale));
            empty = false;
        }
        return passed;
    }

    private List<Passed> pass(List<Ready> micro, TrainingTask task, double factor) {
        List<TokenSequence> sequences =
                micro.stream().flatMap(ready -> ready.sequences().stream()).toList();
        Wanted wanted = task.wanted();
        try (ForwardPass forward = policy.forward(sequences, wanted);
                Critic.Pass values = critic == null || !task.hasCritic() ? null : critic.forward(sequences)) {
            List<Now> now = now(forward, wanted, values);
            List<Slopes> found = slopes(micro.stream().map(Ready::term).toList(), now);
            List<TokenSlopes> slopes = found.stream()
                    .flatMap(term -> term.rollouts().stream())
                    .map(slope -> slope.times(factor))
                    .toList();
            forward.backward(slopes.stream().map(GradientAccumulator::ofEngine).toList());
            if (values != null) {
                values.backward(slopes);
            }
            List<Passed> passed = new ArrayList<>();
            for (int i = 0; i < micro.size(); i++) {
                passed.add(new Passed(micro.get(i).term(), found.get(i)));
            }
            return passed;
        }
    }

    /**
     * The loss and slopes of each term.
     *
     * @param now of all their rollouts, one term's after the other's
     */
    static List<Slopes> slopes(List<LossTerm> terms, List<Now> now) {
        List<Slopes> slopes = new ArrayList<>();
        int at = 0;
        for (LossTerm term : terms) {
            int end = at + term.members().size();
            slopes.add(term.slopes(now.subList(at, end)));
            at = end;
        }
        return slopes;
    }

    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    static List<Now> now(ForwardPass forward, Wanted wanted, Critic.@Nullable Pass values) {
        List<float[]> logProbs = forward.logProbs();
        List<float[]> kls = wanted.klFrom() == null ? null : forward.tokenKls();
        List<float[]> entropies = wanted.entropy() ? forward.entropies() : null;
        return IntStream.range(0, logProbs.size())
                .mapToObj(s -> new Now(
                        Batch.doubles(logProbs.get(s)),
                        kls == null ? null : Batch.doubles(kls.get(s)),
                        entropies == null ? null : Batch.doubles(entropies.get(s)),
                        values == null ? null : values.of(s)))
                .toList();
    }

    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    private static dev.tribunal.languagemodel.TokenSlopes ofEngine(TokenSlopes slopes) {
        return new dev.tribunal.languagemodel.TokenSlopes(slopes.logProbs(), slopes.tokenKl(), slopes.entropy());
    }

    void clear() {
        policy.clearGradient();
        if (critic != null) {
            critic.clearGradient();
        }
        empty = true;
    }

    /** Whether no term had a slope since the last step. */
    boolean isEmpty() {
        return empty;
    }

    /**
     * One AdamW step. If nothing counted there is none at all: no weight decays, AdamW's moments and its count of steps
     * stay, and momentum moves nothing, since a batch without a signal says nothing about where to go.
     *
     * @param ofCritic the critic's own; absent if there is none
     * @return the gradient's norm before clipping, 0 if nothing counted; and the tasks' gradients, if they were kept
     * @throws TrainingFailedException if the gradient is not finite; the weights are as they were
     */
    List<Metric> step(AdamW adamW, @Nullable AdamW ofCritic) {
        if (empty) {
            return new ArrayList<>(List.of(new Metric(MetricNames.GRADIENT_NORM, null, 0)));
        }
        empty = true;
        List<Metric> metrics = new ArrayList<>();
        try {
            if (rows()) {
                mix(metrics);
            }
            if (critic != null && ofCritic != null) {
                critic.step(ofCritic);
            }
            metrics.add(new Metric(MetricNames.GRADIENT_NORM, null, policy.step(adamW)));
            return metrics;
        } catch (IllegalStateException notFinite) {
            if (Thread.currentThread().isInterrupted()) {
                throw notFinite;
            }
            throw new TrainingFailedException(
                    "the gradient is not finite, so the step was not taken (" + notFinite.getMessage()
                            + "); start again with a lower training.learningRate or training.gradientClip",
                    notFinite);
        }
    }

    private void mix(List<Metric> metrics) {
        double[][] products = policy.gradientProducts(tasks.size());
        for (int i = 0; i < tasks.size(); i++) {
            double norm = Math.sqrt(products[i][i]);
            metrics.add(new Metric(MetricNames.GRADIENT_NORM, tasks.get(i).name(), norm));
            for (int j = 0; j < tasks.size(); j++) {
                double both = norm * Math.sqrt(products[j][j]);
                if (j != i && both > 0) {
                    metrics.add(new Metric(
                            MetricNames.GRADIENT_COSINE + "." + tasks.get(j).name(),
                            tasks.get(i).name(),
                            products[i][j] / both));
                }
            }
        }
        policy.mixGradients(
                combiner.factors(tasks.stream().mapToDouble(TrainingTask::rho).toArray(), products));
    }
}
