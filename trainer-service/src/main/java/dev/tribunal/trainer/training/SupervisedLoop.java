package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.training.GradientAccumulator.WeightedSequence;
import dev.tribunal.trainer.training.RunJournal.Kind;
import dev.tribunal.trainer.training.RunJournal.Metric;
import dev.tribunal.trainer.training.RunJournal.StepRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Supervised fine-tuning: the policy learns each prompt's completion, ended by the end-of-sequence token.
 *
 * <pre>loss = sum_l rho_l * mean over the tokens of task l's batch of -log pi(token)</pre>
 */
record SupervisedLoop(
        LanguageModel policy,
        List<SupervisedTask> tasks,
        GradientAccumulator gradient,
        int microBatchTokens,
        RunProgress progress) {

    void run() {
        tasks.forEach(
                task -> Optional.ofNullable(progress.tasks().get(task.name())).ifPresent(task::restore));
        if (progress.committed() == 0) {
            evaluate(0);
        }
        for (int step = progress.committed() + 1; step <= progress.steps(); step++) {
            progress.begin(step);
            iterate(step);
            tasks.forEach(SupervisedTask::advance);
            progress.checkpoint(step, states());
        }
        evaluate(progress.steps());
    }

    private void iterate(int step) {
        List<Metric> metrics = new ArrayList<>();
        for (SupervisedTask task : tasks) {
            List<TokenSequence> batch = task.batch();
            int tokens = batch.stream()
                    .mapToInt(sequence -> sequence.completion().length)
                    .sum();
            List<float[]> logProbs = gradient.add(batch.stream()
                    .map(sequence -> weighted(sequence, -task.weight() / tokens))
                    .toList());
            if (!logProbs.isEmpty()) {
                metrics.add(new Metric(MetricNames.LOSS, task.name(), loss(logProbs)));
            }
        }
        metrics.add(new Metric(MetricNames.GRADIENT_NORM, null, gradient.step(progress.adamW(step))));
        progress.commit(step, List.<EpisodeResource>of(), metrics);
    }

    private static WeightedSequence weighted(TokenSequence sequence, double weight) {
        double[] tokenWeights = new double[sequence.completion().length];
        Arrays.fill(tokenWeights, weight);
        return new WeightedSequence(sequence, tokenWeights);
    }

    private void evaluate(int step) {
        progress.journal().awaitPermission();
        progress.journal().phase(step == 0 ? "evaluating before training" : "evaluating after training");
        List<Metric> metrics = new ArrayList<>();
        for (SupervisedTask task : tasks) {
            List<float[]> logProbs = new ArrayList<>();
            MicroBatches.of(task.heldOut(), sequence -> sequence, microBatchTokens)
                    .forEach(batch -> {
                        progress.journal().stopIfCancelled();
                        logProbs.addAll(policy.logProbs(batch));
                    });
            if (!logProbs.isEmpty()) {
                metrics.add(new Metric(MetricNames.HELD_OUT_LOSS, task.name(), loss(logProbs)));
            }
        }
        if (!metrics.isEmpty()) {
            progress.journal().commit(new StepRecord(step, Kind.EVALUATION, List.of(), metrics));
        }
    }

    /** Mean over all tokens, nats. */
    private static double loss(List<float[]> logProbs) {
        double sum = 0;
        int tokens = 0;
        for (float[] sequence : logProbs) {
            for (float logProb : sequence) {
                sum -= logProb;
            }
            tokens += sequence.length;
        }
        return sum / tokens;
    }

    private Map<String, TaskState> states() {
        return tasks.stream().collect(Collectors.toMap(SupervisedTask::name, task -> TaskState.at(task.cursor())));
    }
}
