package dev.tribunal.reward.training.answer;

import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import dev.tribunal.contracts.reward.v1.RewardModelResource.HeadClass;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.rewardmodel.Classification;
import dev.tribunal.methods.rewardmodel.Moslim;
import dev.tribunal.methods.statistics.Correlation;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.methods.statistics.Sample;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.training.Candidate;
import dev.tribunal.reward.training.Doubts;
import dev.tribunal.reward.training.Objective;
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
import java.util.Objects;
import java.util.stream.IntStream;

/** Trains a reward model on labelled answers: on ratings, or with a head for each dimension of classes. */
public final class AnswerTraining {

    private static final long STREAM = 3;

    /** Of the answers learned from, when they are asked again at the end. */
    private static final int MAX_ASKED_AGAIN = 2000;

    private final Candidate candidate;
    private final TrainingPlan plan;
    private final TrainingListener listener;

    public AnswerTraining(Candidate candidate, TrainingPlan plan, TrainingListener listener) {
        this.candidate = candidate;
        this.plan = plan;
        this.listener = listener;
    }

    /**
     * Trains a model with one output in place, to score as answers are rated.
     *
     * @return {@code trainingLoss}, {@code trainedLoss}, {@code validationLoss} (mean squared errors) and {@code
     *     validationCorrelation} of score and rating, and counts
     * @throws TrainingFailedException if too few answers fit the model, all have one rating, or the loss is no longer finite
     */
    public Trained onRatings(Answers answers) {
        answers.requireUsable();
        Split<TokenAnswer> split = Split.of(answers.fitting(), plan.validationShare(), plan.seed());
        double variance = Sample.variance(
                split.training().stream().mapToDouble(TokenAnswer::rating).toArray());
        if (variance == 0) {
            throw new TrainingFailedException("Every answer that it would learn from has the same rating,"
                    + " which says nothing of what is better; rate answers differently.");
        }
        Learned learned = learn(new OfRatings(), split);
        List<Condition> conditions = new ArrayList<>(answers.conditions());
        conditions.addAll(Doubts.lossAtChance(learned.trained, "answers", variance, "the mean rating"));
        Map<String, Double> metrics = learned.metrics(answers, split);
        if (!split.validation().isEmpty()) {
            double[] ratings =
                    split.validation().stream().mapToDouble(TokenAnswer::rating).toArray();
            List<Double> scores = new ArrayList<>();
            learned.loop.forEach(split.validation(), (_, said) -> scores.add((double) said[0][0]));
            Correlation.of(scores.stream().mapToDouble(d -> d).toArray(), ratings)
                    .ifPresent(correlation -> metrics.put("validationCorrelation", correlation));
        }
        return new Trained(metrics, conditions);
    }

    /** The heads of a loss before anything is known of their classes. */
    public static List<Head> heads(Moslim loss) {
        return loss.heads().stream()
                .map(head -> new Head(
                        head.name(),
                        head.classes().stream()
                                .map(label -> new HeadClass(label, 0, 1))
                                .toList(),
                        loss.statistics()))
                .toList();
    }

    /**
     * Trains a model with an output for each class of each head in place.
     *
     * @return as {@link #onRatings}, but for the losses, which are sums of cross-entropies, with accuracies, {@code
     *     validationAccuracy.HEAD} for each head; and the heads with their statistics
     * @throws TrainingFailedException as {@link #onRatings}, or if a head's labels are all of one class
     */
    public Trained onClasses(Answers answers, Moslim loss) {
        answers.requireUsable();
        List<Head> heads = heads(loss);
        Split<TokenAnswer> split = Split.of(answers.fitting(), plan.validationShare(), plan.seed());
        double chance = entropy(heads, split.training());
        Learned learned = learn(new OfClasses(heads), split);
        List<Condition> conditions = new ArrayList<>(answers.conditions());
        conditions.addAll(
                Doubts.lossAtChance(learned.trained, "answers", chance, "one who knows how often each class occurs"));
        conditions.addAll(unseen(heads, split.training()));
        Map<String, Double> metrics = learned.metrics(answers, split);
        for (int h = 0; h < heads.size(); h++) {
            putAccuracy(metrics, heads, h, learned.loop, split.validation());
        }
        List<TokenAnswer> population = switch (loss.statistics()) {
            case TRAINING -> split.training();
            case VALIDATION -> split.validation();
        };
        return new Trained(metrics, conditions, withStatistics(heads, learned.loop, population));
    }

    private record Learned(TrainingLoop<TokenAnswer> loop, TrainingLoop.Done done, Tally trained, Tally validation) {

        Map<String, Double> metrics(Answers answers, Split<TokenAnswer> split) {
            Map<String, Double> metrics = new LinkedHashMap<>();
            put(metrics, "training", done.lastEpoch());
            put(metrics, "trained", trained);
            if (validation.rows() > 0) {
                put(metrics, "validation", validation);
            }
            metrics.put("trainedAnswers", (double) trained.rows());
            metrics.put("trainingAnswers", (double) split.training().size());
            metrics.put("validationAnswers", (double) split.validation().size());
            metrics.put("answersTooLong", (double) answers.tooLong());
            metrics.put("steps", (double) done.steps());
            metrics.put("bestStep", (double) done.bestStep());
            return metrics;
        }

        private static void put(Map<String, Double> metrics, String prefix, Tally tally) {
            metrics.put(prefix + "Loss", tally.loss());
            Double accuracy = tally.accuracy();
            if (accuracy != null) {
                metrics.put(prefix + "Accuracy", accuracy);
            }
        }
    }

    private Learned learn(Objective<TokenAnswer> objective, Split<TokenAnswer> split) {
        TrainingLoop<TokenAnswer> loop = new TrainingLoop<>(candidate, plan, objective, listener);
        TrainingLoop.Done done = loop.run(
                epoch -> Batches.of(
                        CounterRandom.shuffled(split.training(), CounterRandom.key(plan.seed(), STREAM, epoch)),
                        plan.batchSize()),
                split.validation());
        Tally trained = loop.measure(split.training()
                .subList(0, Math.min(MAX_ASKED_AGAIN, split.training().size())));
        Doubts.requireSpread(trained);
        return new Learned(loop, done, trained, loop.measure(split.validation()));
    }

    private static int[] counts(Head head, int index, List<TokenAnswer> answers) {
        int[] counts = new int[head.classes().size()];
        for (TokenAnswer answer : answers) {
            if (answer.classes()[index] >= 0) {
                counts[answer.classes()[index]]++;
            }
        }
        return counts;
    }

    /** The loss of always saying how often each class occurs, a row. */
    private static double entropy(List<Head> heads, List<TokenAnswer> answers) {
        double entropy = 0;
        for (int h = 0; h < heads.size(); h++) {
            int[] counts = counts(heads.get(h), h, answers);
            int labelled = IntStream.of(counts).sum();
            if (IntStream.of(counts).filter(count -> count > 0).count() < 2) {
                throw new TrainingFailedException("Head '" + heads.get(h).name() + "' has "
                        + (labelled == 0 ? "no label" : "labels of one class alone")
                        + " among the answers to learn from, which teaches it nothing; label other answers, or leave"
                        + " the head out.");
            }
            for (int count : counts) {
                entropy -= count == 0 ? 0 : count * Math.log((double) count / labelled);
            }
        }
        return entropy / answers.size();
    }

    private static List<Condition> unseen(List<Head> heads, List<TokenAnswer> answers) {
        List<Condition> unseen = new ArrayList<>();
        for (int h = 0; h < heads.size(); h++) {
            int[] counts = counts(heads.get(h), h, answers);
            for (int c = 0; c < counts.length; c++) {
                if (counts[c] == 0) {
                    unseen.add(new Condition(
                            "class-never-seen",
                            "no answer to learn from has '" + heads.get(h).name() + "': '"
                                    + heads.get(h).classes().get(c).label()
                                    + "': its probability says nothing; label some, or leave the class out"));
                }
            }
        }
        return unseen;
    }

    private static void putAccuracy(
            Map<String, Double> metrics,
            List<Head> heads,
            int head,
            TrainingLoop<TokenAnswer> loop,
            List<TokenAnswer> answers) {
        Tally ofHead = new Tally();
        OfClasses alone = new OfClasses(List.of(heads.get(head)));
        loop.forEach(answers, (answer, scores) -> {
            double[] outputs = Heads.outputs(heads, head, scores[0]);
            float[] own = new float[outputs.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = (float) outputs[i];
            }
            alone.measure(
                    new TokenAnswer(answer.prompt(), answer.ids(), 0, new int[] {answer.classes()[head]}),
                    new float[][] {own},
                    ofHead);
        });
        Double accuracy = ofHead.accuracy();
        if (accuracy == null) {
            return;
        }
        String name = "validationAccuracy." + heads.get(head).name();
        Estimate estimate = Objects.requireNonNull(
                Estimate.share(Math.round(accuracy * ofHead.decisions()), ofHead.decisions()), "something was decided");
        metrics.put(name, estimate.value());
        metrics.put(name + ".low", estimate.low());
        metrics.put(name + ".high", estimate.high());
    }

    private static List<Head> withStatistics(
            List<Head> heads, TrainingLoop<TokenAnswer> loop, List<TokenAnswer> population) {
        List<List<double[]>> probabilities = new ArrayList<>();
        heads.forEach(_ -> probabilities.add(new ArrayList<>()));
        loop.forEach(population, (_, scores) -> {
            for (int h = 0; h < heads.size(); h++) {
                probabilities.get(h).add(Classification.probabilities(Heads.outputs(heads, h, scores[0])));
            }
        });
        List<Head> measured = new ArrayList<>();
        for (int h = 0; h < heads.size(); h++) {
            Head head = heads.get(h);
            List<HeadClass> classes = new ArrayList<>();
            for (int c = 0; c < head.classes().size(); c++) {
                int index = c;
                double[] ofClass = probabilities.get(h).stream()
                        .mapToDouble(each -> each[index])
                        .toArray();
                double std = Math.sqrt(Sample.variance(ofClass));
                // A class whose probability never varies cannot be standardised: what is left of it is its distance.
                classes.add(new HeadClass(head.classes().get(c).label(), Sample.mean(ofClass), std > 0 ? std : 1));
            }
            measured.add(new Head(head.name(), classes, head.population()));
        }
        return measured;
    }
}
