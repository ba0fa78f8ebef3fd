package dev.tribunal.reward.training.pair;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.rewardmodel.PairObjective;
import dev.tribunal.methods.rewardmodel.PreferenceLoss;
import dev.tribunal.reward.measure.PairReport;
import dev.tribunal.reward.measure.ScoredPair;
import dev.tribunal.reward.training.Candidate;
import dev.tribunal.reward.training.Doubts;
import dev.tribunal.reward.training.Split;
import dev.tribunal.reward.training.Tally;
import dev.tribunal.reward.training.Trained;
import dev.tribunal.reward.training.TrainingFailedException;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.reward.training.TrainingLoop;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.servicekit.work.Batches;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trains a reward model with one output on preference pairs. */
public final class PreferenceTraining {

    private static final long STREAM = 2;

    /** Of the pairs learned from, when they are asked again at the end. */
    private static final int MAX_ASKED_AGAIN = 1000;

    /** A difference of scores by which the plain loss falls by a hundredth of log 2. */
    private static final double HARDLY_APART = 0.014;

    private final Candidate candidate;
    private final TrainingPlan plan;
    private final PairObjective loss;
    private final TrainingListener listener;

    public PreferenceTraining(Candidate candidate, TrainingPlan plan, PreferenceLoss loss, TrainingListener listener) {
        this.candidate = candidate;
        this.plan = plan;
        this.loss = loss.objective();
        this.listener = listener;
    }

    /**
     * Trains the model in place.
     *
     * @return {@code trainingLoss} and {@code trainingAccuracy} over the last epoch, while its weights moved; {@code
     *     trainedLoss} and {@code trainedAccuracy} at the end, on {@code trainedPairs} of the pairs it learned from; {@code
     *     validationLoss} and what {@link PairReport} measures at the end, if pairs were held out; the counts {@code
     *     trainingPairs}, {@code validationPairs}, {@code pairsTooLong} and {@code pairsEqual} (both left out), {@code
     *     steps}, and {@code bestStep}, after which the weights were that are kept; and {@code reliability.ANNOTATOR} where
     *     the loss finds it out
     * @throws TrainingFailedException if no pair fits the model, the loss is no longer finite, or the trained model
     *     cannot even tell chosen from rejected on the pairs it learned from
     */
    public Trained train(Pairs pairs) {
        pairs.requireAny();
        Split<TokenPair> split = Split.of(pairs.fitting(), plan.validationShare(), plan.seed());
        TrainingLoop<TokenPair> loop = new TrainingLoop<>(candidate, plan, new OfPairs(loss), listener);
        TrainingLoop.Done done = loop.run(
                epoch -> Batches.of(
                        CounterRandom.shuffled(split.training(), CounterRandom.key(plan.seed(), STREAM, epoch)),
                        plan.batchSize()),
                split.validation());
        List<TokenPair> askedAgain = split.training()
                .subList(0, Math.min(MAX_ASKED_AGAIN, split.training().size()));
        Tally trained = loop.measure(askedAgain);
        Tally validation = loop.measure(split.validation());
        requireLearned(trained);

        List<Condition> conditions = new ArrayList<>(pairs.conditions(plan));
        conditions.addAll(lossAtChance(trained, askedAgain));
        conditions.addAll(doubts(validation));
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("trainingLoss", done.lastEpoch().loss());
        putAccuracy(metrics, "trainingAccuracy", done.lastEpoch());
        metrics.put("trainedLoss", trained.loss());
        putAccuracy(metrics, "trainedAccuracy", trained);
        metrics.put("trainedPairs", (double) trained.rows());
        if (validation.rows() > 0) {
            metrics.put("validationLoss", validation.loss());
            metrics.putAll(PairReport.of(scored(loop, split.validation())).metrics("validation"));
        }
        metrics.put("trainingPairs", (double) split.training().size());
        metrics.put("validationPairs", (double) split.validation().size());
        metrics.put("pairsTooLong", (double) pairs.tooLong());
        metrics.put("pairsEqual", (double) pairs.equal());
        metrics.put("steps", (double) done.steps());
        metrics.put("bestStep", (double) done.bestStep());
        loss.reliability().forEach((annotator, share) -> metrics.put("reliability." + annotator, share));
        return new Trained(metrics, conditions);
    }

    /**
     * A loss is at chance that scores hardly apart would have as well. Neither 0 nor log 2 is a measure of that: margins and
     * smoothed labels move the loss of equal scores and the least one that there is.
     */
    private List<Condition> lossAtChance(Tally trained, List<TokenPair> pairs) {
        Tally equal = new Tally();
        Tally hardlyApart = new Tally();
        for (TokenPair pair : pairs) {
            double chance = loss.of(0, 0, pair.label()).loss();
            double above = loss.of(HARDLY_APART, 0, pair.label()).loss();
            double below = loss.of(0, HARDLY_APART, pair.label()).loss();
            equal.add(chance);
            hardlyApart.add(Math.min(chance, Math.min(above, below)));
        }
        return Doubts.lossAtChance(trained, "pairs", equal.loss(), hardlyApart.loss(), "one who scores all alike");
    }

    private static void putAccuracy(Map<String, Double> metrics, String name, Tally tally) {
        Double accuracy = tally.accuracy();
        if (accuracy != null) {
            metrics.put(name, accuracy);
        }
    }

    private static List<ScoredPair> scored(TrainingLoop<TokenPair> loop, List<TokenPair> pairs) {
        List<ScoredPair> scored = new ArrayList<>(pairs.size());
        loop.forEach(
                pairs,
                (pair, scores) -> scored.add(new ScoredPair(
                        pair.prompt(), scores[0][0], scores[1][0], pair.chosen().length, pair.rejected().length)));
        return scored;
    }

    private static void requireLearned(Tally trained) {
        Doubts.requireSpread(trained);
        if (trained.atChance()) {
            throw new TrainingFailedException("The trained reward model prefers the chosen completion in "
                    + trained.sentence()
                    + " that it learned from, which is no better than chance: either the pairs have"
                    + " no preference in common, or the training was too short; look at the pairs, or raise epochs or"
                    + " learningRate.");
        }
    }

    private static List<Condition> doubts(Tally validation) {
        if (validation.rows() == 0 || !validation.atChance()) {
            return List.of();
        }
        return List.of(new Condition(
                "validation-at-chance",
                "it prefers the chosen completion in " + validation.sentence() + " that were held out, which is no"
                        + " better than chance: what it learned does not hold for other prompts; more or cleaner"
                        + " pairs may help"));
    }
}
