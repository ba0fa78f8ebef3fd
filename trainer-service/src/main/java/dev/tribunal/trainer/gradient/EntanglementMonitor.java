package dev.tribunal.trainer.gradient;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSlopes;
import dev.tribunal.methods.combiner.Entanglement;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.OfPair;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.task.LogProbs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the gradients of a pair's completions, whatever its loss, before a step. It leaves the policy's gradient empty and
 * its weights as they are.
 *
 * @param settings absent if nothing is compared
 * @param before the steps of earlier stages
 */
public record EntanglementMonitor(
        RunSpec.@Nullable Entanglement settings, int before, LanguageModel policy, LogProbs passes) {

    /** Of each task with pairs. */
    public List<Metric> look(int step, List<TaskUpdate> updates) {
        if (settings == null || (step - before - 1) % settings.every() != 0) {
            return List.of();
        }
        List<Metric> metrics = new ArrayList<>();
        for (TaskUpdate update : updates) {
            List<Entanglement> pairs = update.terms().stream()
                    .filter(OfPair.class::isInstance)
                    .limit(settings.pairs())
                    .map(term -> products(update, term))
                    .filter(products -> products[0][0] > 0 && products[1][1] > 0)
                    .map(Entanglement::of)
                    .toList();
            if (!pairs.isEmpty()) {
                String task = update.task().name();
                metrics.add(new Metric(MetricNames.ENTANGLEMENT_COSINE, task, Entanglement.meanCosine(pairs)));
                metrics.add(new Metric(
                        MetricNames.ENTANGLEMENT_CHOSEN_RISES,
                        task,
                        share(pairs.stream().filter(Entanglement::chosenRises).count(), pairs)));
                metrics.add(new Metric(
                        MetricNames.ENTANGLEMENT_REJECTED_FALLS,
                        task,
                        share(pairs.stream().filter(Entanglement::rejectedFalls).count(), pairs)));
            }
        }
        return metrics;
    }

    private static double share(long count, List<Entanglement> pairs) {
        return count / (double) pairs.size();
    }

    /** {@code [3][3]}, of the gradients of the pair's log-likelihoods and of its loss. */
    private double[][] products(TaskUpdate update, LossTerm pair) {
        try {
            for (int row = 0; row < Entanglement.ROWS; row++) {
                int gradient = row;
                policy.selectGradient(row);
                new TermPasses(policy, null, passes)
                        .over(
                                update.task(),
                                update.batch(),
                                List.of(pair),
                                (forward, values, passed) -> forward.backward(
                                        gradient < pair.members().size()
                                                ? ofLikelihood(pair, gradient)
                                                : passed.getFirst().slopes().rollouts().stream()
                                                        .map(GradientAccumulator::ofEngine)
                                                        .toList()));
            }
            return policy.gradientProducts(Entanglement.ROWS);
        } finally {
            policy.clearGradient();
        }
    }

    /** Slopes of the log-likelihood of one of the pair's completions. */
    @SuppressWarnings("NullAway") // It does not read from class files which arrays may be null.
    private static List<TokenSlopes> ofLikelihood(LossTerm pair, int member) {
        return IntStream.range(0, pair.members().size())
                .mapToObj(i -> {
                    double[] slopes = new double[pair.members().get(i).rollout().tokens()];
                    Arrays.fill(slopes, i == member ? 1 : 0);
                    return new TokenSlopes(slopes, null, null);
                })
                .toList();
    }
}
