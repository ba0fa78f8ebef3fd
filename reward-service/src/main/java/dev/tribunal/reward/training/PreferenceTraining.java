package dev.tribunal.reward.training;

import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.text.MiniBatches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;

/** Trains a reward model on preference pairs: {@link BradleyTerry}'s loss, AdamW, a new order in every epoch. */
public final class PreferenceTraining {

    private static final long STREAM = 2;

    /** Tokens in one pass, padding included: at 135M weights a forward pass keeps about 2 MB a token. */
    private static final int MAX_TOKENS = 2048;

    private final ScoringModel model;
    private final TrainingPlan plan;
    private final DoubleConsumer progress;

    /** @param progress told the share of all steps that is done, after each; what it throws ends the training */
    public PreferenceTraining(ScoringModel model, TrainingPlan plan, DoubleConsumer progress) {
        this.model = model;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Trains the model in place.
     *
     * @return {@code trainingLoss} and {@code trainingAccuracy} over the last epoch, while its weights moved;
     *     {@code validationLoss} and {@code validationAccuracy} at the end, if pairs were held out; and the counts
     *     {@code trainingPairs}, {@code validationPairs}, {@code pairsTooLong} (left out) and {@code steps}
     * @throws TrainingFailedException if no pair fits the model, or the loss is no longer finite
     */
    public Map<String, Double> train(List<PreferencePair> pairs) {
        List<TokenPair> fitting = pairs.stream()
                .map(pair -> TokenPair.of(pair, model))
                .filter(pair -> pair.longest() <= model.configuration().maxPositions())
                .toList();
        if (fitting.isEmpty()) {
            throw new TrainingFailedException("Every pair is longer than the backbone's "
                    + model.configuration().maxPositions() + " positions; shorten them or use another backbone.");
        }
        PreferenceSplit split = PreferenceSplit.of(fitting, plan.validationShare(), plan.seed());

        int steps = plan.epochs() * Math.ceilDiv(split.training().size(), plan.batchSize());
        int step = 0;
        Tally training = new Tally();
        for (int epoch = 0; epoch < plan.epochs(); epoch++) {
            training = new Tally();
            List<TokenPair> order = Shuffle.of(split.training(), CounterRandom.key(plan.seed(), STREAM, epoch));
            for (int from = 0; from < order.size(); from += plan.batchSize()) {
                List<TokenPair> batch = order.subList(from, Math.min(from + plan.batchSize(), order.size()));
                step(step++, batch, training);
                progress.accept((double) step / steps);
            }
        }

        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("trainingLoss", training.loss());
        metrics.put("trainingAccuracy", training.accuracy());
        if (!split.validation().isEmpty()) {
            Tally validation = evaluate(split.validation());
            metrics.put("validationLoss", validation.loss());
            metrics.put("validationAccuracy", validation.accuracy());
        }
        metrics.put("trainingPairs", (double) split.training().size());
        metrics.put("validationPairs", (double) split.validation().size());
        metrics.put("pairsTooLong", (double) (pairs.size() - fitting.size()));
        metrics.put("steps", (double) steps);
        return metrics;
    }

    /** One step: the mean loss of the batch, its gradient gathered over mini-batches. */
    private void step(int step, List<TokenPair> batch, Tally tally) {
        for (List<TokenPair> miniBatch : miniBatches(batch)) {
            try (ScoringModel.ForwardPass pass = model.forward(interleaved(miniBatch))) {
                pass.backward(scoreWeights(step, pass.scores(), batch.size(), tally));
            }
        }
        try {
            model.step(plan.adamW(step));
        } catch (IllegalStateException notFinite) {
            throw diverged(step, "the gradient is not finite");
        }
    }

    /** dLoss/dscore, chosen and rejected in turn, for the mean over {@code batchSize} pairs. */
    private static double[] scoreWeights(int step, float[] scores, int batchSize, Tally tally) {
        double[] weights = new double[scores.length];
        for (int i = 0; i < scores.length; i += 2) {
            double chosen = scores[i];
            double rejected = scores[i + 1];
            if (!Double.isFinite(chosen - rejected)) {
                throw diverged(step, "the scores of a pair are " + chosen + " and " + rejected);
            }
            tally.add(chosen, rejected);
            weights[i] = BradleyTerry.gradient(chosen, rejected) / batchSize;
            weights[i + 1] = -weights[i];
        }
        return weights;
    }

    private Tally evaluate(List<TokenPair> pairs) {
        Tally tally = new Tally();
        for (List<TokenPair> miniBatch : miniBatches(pairs)) {
            float[] scores = model.scores(interleaved(miniBatch));
            for (int i = 0; i < scores.length; i += 2) {
                tally.add(scores[i], scores[i + 1]);
            }
        }
        return tally;
    }

    private static List<List<TokenPair>> miniBatches(List<TokenPair> pairs) {
        return MiniBatches.split(pairs, pair -> 2 * pair.longest(), MAX_TOKENS);
    }

    /** Chosen and rejected in turn. */
    private static List<int[]> interleaved(List<TokenPair> pairs) {
        List<int[]> sequences = new ArrayList<>(2 * pairs.size());
        for (TokenPair pair : pairs) {
            sequences.add(pair.chosen());
            sequences.add(pair.rejected());
        }
        return sequences;
    }

    private static TrainingFailedException diverged(int step, String what) {
        return new TrainingFailedException("Training diverged at step " + step + ": " + what
                + "; use a lower learningRate, more warmupSteps or a lower gradientClip.");
    }
}
