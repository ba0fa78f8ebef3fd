package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.methods.reward.BradleyTerry;
import dev.tribunal.reward.text.MiniBatches;
import dev.tribunal.servicekit.work.Batches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleConsumer;

/** Trains a reward model on preference pairs: {@link BradleyTerry}'s loss, AdamW, a new order in every epoch. */
public final class PreferenceTraining {

    private static final long STREAM = 2;

    /** Tokens in one pass, padding included: at 135M weights a forward pass keeps about 2 MB a token. */
    private static final int MAX_TOKENS = 2048;

    /** Of the pairs learned from, when they are asked again at the end. */
    private static final int MAX_ASKED_AGAIN = 1000;

    /** Of a coin's loss, log 2. */
    private static final double ALMOST_NOTHING_LEARNED = 0.99;

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
     * @return {@code trainingLoss} and {@code trainingAccuracy} over the last epoch, while its weights moved; {@code
     *     trainedLoss} and {@code trainedAccuracy} at the end, on {@code trainedPairs} of the pairs it learned from; {@code
     *     validationLoss} and {@code validationAccuracy} at the end, if pairs were held out; and the counts {@code
     *     trainingPairs}, {@code validationPairs}, {@code pairsTooLong} and {@code pairsEqual} (both left out) and {@code
     *     steps}
     * @throws TrainingFailedException if no pair fits the model, the loss is no longer finite, or the trained model
     *     cannot even tell chosen from rejected on the pairs it learned from
     */
    public Trained train(Pairs pairs) {
        pairs.requireAny();
        PreferenceSplit split = PreferenceSplit.of(pairs.fitting(), plan.validationShare(), plan.seed());
        Progress told = new Progress(split);
        Tally training = new Tally();
        for (int epoch = 0; epoch < plan.epochs(); epoch++) {
            training = new Tally();
            List<TokenPair> order =
                    CounterRandom.shuffled(split.training(), CounterRandom.key(plan.seed(), STREAM, epoch));
            for (List<TokenPair> batch : Batches.of(order, plan.batchSize())) {
                step(told.step, batch, training);
                told.stepped();
            }
        }
        Tally trained = evaluate(split.training()
                .subList(0, Math.min(MAX_ASKED_AGAIN, split.training().size())));
        Tally validation = evaluate(split.validation());
        requireLearned(trained);

        List<Condition> conditions = new ArrayList<>(pairs.conditions(plan));
        conditions.addAll(doubts(trained, validation));
        return new Trained(metrics(pairs, split, told.steps, training, trained, validation), conditions);
    }

    private static Map<String, Double> metrics(
            Pairs pairs, PreferenceSplit split, int steps, Tally training, Tally trained, Tally validation) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("trainingLoss", training.loss());
        metrics.put("trainingAccuracy", training.accuracy());
        metrics.put("trainedLoss", trained.loss());
        metrics.put("trainedAccuracy", trained.accuracy());
        metrics.put("trainedPairs", (double) trained.pairs());
        if (validation.pairs() > 0) {
            metrics.put("validationLoss", validation.loss());
            metrics.put("validationAccuracy", validation.accuracy());
        }
        metrics.put("trainingPairs", (double) split.training().size());
        metrics.put("validationPairs", (double) split.validation().size());
        metrics.put("pairsTooLong", (double) pairs.tooLong());
        metrics.put("pairsEqual", (double) pairs.equal());
        metrics.put("steps", (double) steps);
        return metrics;
    }

    private static void requireLearned(Tally trained) {
        if (trained.spread() == 0) {
            throw new TrainingFailedException("The trained reward model gives every text the same score: no gradient"
                    + " reached it, or the learning rate is too small to move a weight; raise learningRate.");
        }
        if (trained.atChance()) {
            throw new TrainingFailedException("The trained reward model prefers the chosen completion in "
                    + trained.sentence()
                    + " that it learned from, which is no better than chance: either the pairs have"
                    + " no preference in common, or the training was too short; look at the pairs, or raise epochs or"
                    + " learningRate.");
        }
    }

    private static List<Condition> doubts(Tally trained, Tally validation) {
        List<Condition> doubts = new ArrayList<>();
        if (trained.loss() > ALMOST_NOTHING_LEARNED * Math.log(2)) {
            doubts.add(new Condition(
                    "loss-at-chance",
                    String.format(
                            Locale.ROOT,
                            "after training the loss on its own pairs is %.3f, and %.3f is what a coin has: the scores"
                                    + " hardly differ; raise epochs or learningRate",
                            trained.loss(),
                            Math.log(2))));
        }
        if (validation.pairs() > 0 && validation.atChance()) {
            doubts.add(new Condition(
                    "validation-at-chance",
                    "it prefers the chosen completion in " + validation.sentence() + " that were held out, which is no"
                            + " better than chance: what it learned does not hold for other prompts; more or cleaner"
                            + " pairs may help"));
        }
        return doubts;
    }

    /** Steps taken, told as a share of all. */
    private final class Progress {

        private final int steps;
        private int step;

        Progress(PreferenceSplit split) {
            steps = plan.epochs() * Math.ceilDiv(split.training().size(), plan.batchSize());
        }

        void stepped() {
            step++;
            progress.accept((double) step / steps);
        }
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
