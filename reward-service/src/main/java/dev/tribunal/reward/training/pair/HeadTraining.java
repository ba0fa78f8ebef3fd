package dev.tribunal.reward.training.pair;

import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Head;
import dev.tribunal.languagemodel.CounterRandom;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.methods.statistics.Sample;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.measure.PairReport;
import dev.tribunal.reward.measure.ScoredPair;
import dev.tribunal.reward.training.Candidate;
import dev.tribunal.reward.training.Split;
import dev.tribunal.reward.training.Trained;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.reward.training.TrainingLoop;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.servicekit.work.Batches;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** BRME's second stage: heads with means and deviations learn what a reward model of the first stage says. */
public final class HeadTraining {

    private static final long ORDER_STREAM = 4;
    private static final long NOISE_STREAM = 5;

    private final Candidate candidate;
    private final TrainingPlan plan;
    private final Brme loss;
    private final Heads heads;
    private final TrainingListener listener;

    /**
     * @param candidate a model with two outputs a head
     * @param plan of the whole training; its epochs, batches and learning rate are those of the first stage
     */
    public HeadTraining(Candidate candidate, TrainingPlan plan, Brme loss, TrainingListener listener) {
        this.candidate = candidate;
        this.plan = plan;
        this.loss = loss;
        this.heads = heads(loss);
        this.listener = listener;
    }

    /** Named by their numbers, from 1. */
    public static Heads heads(Brme loss) {
        return new Heads(IntStream.rangeClosed(1, loss.heads())
                .mapToObj(head -> new Head(Integer.toString(head), List.of(), null))
                .toList());
    }

    /**
     * What the first stage says of both completions of each pair, in their order.
     *
     * @param stage1 its model
     */
    public static List<double[]> rewards(Candidate stage1, TrainingPlan plan, Brme loss, Pairs pairs) {
        List<double[]> rewards = new ArrayList<>();
        new TrainingLoop<>(stage1, plan, new OfPairs(loss.stage1()), NOBODY)
                .forEach(pairs.fitting(), (_, scores) -> rewards.add(new double[] {scores[0][0], scores[1][0]}));
        return rewards;
    }

    private static final TrainingListener NOBODY = new TrainingListener() {
        @Override
        public void progressed(double share) {}

        @Override
        public void measured(CurvePoint point) {}
    };

    /**
     * Trains the heads in place.
     *
     * @param rewards of the first stage, as {@link #rewards} gives them
     * @return what {@link PairReport} measures of the surest head's mean on pairs held out, {@code trainedAccuracy} on
     *     those learned from; {@code worstValidationAccuracy} of the least of the heads' means; and of the completions held
     *     out {@code validationHeadError}, the mean squared distance of the heads' means from the first stage's reward, its
     *     share {@code validationHeadErrorShare} of that reward's variance, {@code validationDeviation}, the mean
     *     deviation, and {@code validationDisagreement}, the mean over completions of the standard deviation of the heads'
     *     means
     */
    public Trained train(Pairs pairs, List<double[]> rewards) {
        Split<TokenPair> split = Split.of(pairs.fitting(), plan.validationShare(), plan.seed());
        IdentityHashMap<TokenPair, double[]> rewardOf = new IdentityHashMap<>();
        IntStream.range(0, rewards.size())
                .forEach(i -> rewardOf.put(pairs.fitting().get(i), rewards.get(i)));
        List<OfHeads.Row> training = rows(split.training(), rewardOf);
        List<OfHeads.Row> validation = rows(split.validation(), rewardOf);
        TrainingPlan ofHeads = plan.stage(
                loss.headEpochs(),
                loss.heads() * loss.headBatchSize(),
                loss.headLearningRate() == null ? plan.learningRate() : loss.headLearningRate());
        OfHeads objective = new OfHeads(loss, CounterRandom.key(plan.seed(), NOISE_STREAM));
        TrainingLoop<OfHeads.Row> loop = new TrainingLoop<>(candidate, ofHeads, objective, listener);
        TrainingLoop.Done done = loop.run(epoch -> batches(training, epoch), everyHead(validation));

        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("trainingLoss", done.lastEpoch().loss());
        List<ScoredPair> trained = scored(
                split.training().subList(0, Math.min(1000, split.training().size())), true);
        metrics.put("trainedAccuracy", PairReport.of(trained).accuracy().value());
        metrics.put("trainedPairs", (double) trained.size());
        if (!split.validation().isEmpty()) {
            metrics.putAll(PairReport.of(scored(split.validation(), true)).metrics("validation"));
            metrics.put(
                    "worstValidationAccuracy",
                    PairReport.of(scored(split.validation(), false)).accuracy().value());
            putHeads(metrics, loop, validation);
        }
        metrics.put("trainingPairs", (double) split.training().size());
        metrics.put("validationPairs", (double) split.validation().size());
        metrics.put("steps", (double) done.steps());
        return new Trained(metrics, List.of(), heads.list());
    }

    private static List<OfHeads.Row> rows(List<TokenPair> pairs, IdentityHashMap<TokenPair, double[]> rewardOf) {
        List<OfHeads.Row> rows = new ArrayList<>();
        for (TokenPair pair : pairs) {
            double[] rewards = Objects.requireNonNull(rewardOf.get(pair), "every pair was scored");
            rows.add(new OfHeads.Row(pair.prompt(), 0, pair.chosen(), rewards[0]));
            rows.add(new OfHeads.Row(pair.prompt(), 0, pair.rejected(), rewards[1]));
        }
        return rows;
    }

    private static OfHeads.Row of(int head, OfHeads.Row row) {
        return new OfHeads.Row(row.prompt(), head, row.ids(), row.target());
    }

    private List<OfHeads.Row> everyHead(List<OfHeads.Row> rows) {
        return rows.stream()
                .flatMap(row -> IntStream.range(0, loss.heads()).mapToObj(head -> of(head, row)))
                .toList();
    }

    /** A batch has as many rows of each head, which goes through the rows in an order of its own. */
    private List<List<OfHeads.Row>> batches(List<OfHeads.Row> rows, int epoch) {
        List<List<List<OfHeads.Row>>> ofHeads = IntStream.range(0, loss.heads())
                .mapToObj(head -> Batches.of(
                        CounterRandom.shuffled(rows, CounterRandom.key(plan.seed(), ORDER_STREAM, head, epoch)),
                        loss.headBatchSize()))
                .toList();
        List<List<OfHeads.Row>> batches = new ArrayList<>();
        for (int step = 0; step < ofHeads.getFirst().size(); step++) {
            List<OfHeads.Row> batch = new ArrayList<>();
            for (int head = 0; head < loss.heads(); head++) {
                int own = head;
                ofHeads.get(head).get(step).forEach(row -> batch.add(of(own, row)));
            }
            batches.add(batch);
        }
        return batches;
    }

    /** @param nominal whether by the surest head's mean, and not by the least of all means */
    private List<ScoredPair> scored(List<TokenPair> pairs, boolean nominal) {
        List<ScoredPair> scored = new ArrayList<>(pairs.size());
        new TrainingLoop<>(candidate, plan, new OfPairs(loss.stage1()), NOBODY)
                .forEach(
                        pairs,
                        (pair, scores) -> scored.add(new ScoredPair(
                                pair.prompt(),
                                score(scores[0], nominal),
                                score(scores[1], nominal),
                                pair.chosen().length,
                                pair.rejected().length)));
        return scored;
    }

    private double score(float[] outputs, boolean nominal) {
        if (nominal) {
            return Objects.requireNonNull(heads.result("", outputs).score());
        }
        return means(outputs).min().orElseThrow();
    }

    private DoubleStream means(float[] outputs) {
        return IntStream.range(0, loss.heads()).mapToDouble(head -> outputs[2 * head]);
    }

    private void putHeads(Map<String, Double> metrics, TrainingLoop<OfHeads.Row> loop, List<OfHeads.Row> completions) {
        List<Double> errors = new ArrayList<>();
        List<Double> deviations = new ArrayList<>();
        List<Double> disagreements = new ArrayList<>();
        loop.forEach(completions, (row, scores) -> {
            means(scores[0]).forEach(mean -> errors.add((mean - row.target()) * (mean - row.target())));
            IntStream.range(0, loss.heads()).forEach(head -> deviations.add(Brme.deviation(scores[0][2 * head + 1])));
            disagreements.add(Math.sqrt(Sample.variance(means(scores[0]).toArray())));
        });
        double error = Sample.mean(array(errors));
        double variance = Sample.variance(
                completions.stream().mapToDouble(OfHeads.Row::target).toArray());
        metrics.put("validationHeadError", error);
        if (variance > 0) {
            metrics.put("validationHeadErrorShare", error / variance);
        }
        metrics.put("validationDeviation", Sample.mean(array(deviations)));
        metrics.put("validationDisagreement", Sample.mean(array(disagreements)));
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
