package dev.tribunal.reward.training;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Best;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.StopEarly;
import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.text.MiniBatches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

/**
 * Takes a model through epochs of rows: AdamW on the mean loss of each batch. Between them it measures what is held out,
 * keeps the best weights and stops early, as the plan says.
 */
public final class TrainingLoop<T extends Row> {

    /** Tokens in one pass, padding included: at 135M weights a forward pass keeps about 2 MB a token. */
    private static final int MAX_TOKENS = 2048;

    /** A training of more steps is measured less often. */
    private static final int MOST_POINTS = 1000;

    private final Candidate candidate;
    private final TrainingPlan plan;
    private final Objective<T> objective;
    private final TrainingListener listener;

    public TrainingLoop(Candidate candidate, TrainingPlan plan, Objective<T> objective, TrainingListener listener) {
        this.candidate = candidate;
        this.plan = plan;
        this.objective = objective;
        this.listener = listener;
    }

    /**
     * @param lastEpoch what was found in it, while the weights moved
     * @param steps that were taken
     * @param bestStep after which the weights were that are kept; {@code steps} where those are the last ones
     */
    public record Done(Tally lastEpoch, int steps, int bestStep) {}

    /** @param epochs batches of each epoch, counted from 0; as many in each */
    public Done run(IntFunction<List<List<T>>> epochs, List<T> validation) {
        return new Run(epochs, validation).whole();
    }

    private final class Run {

        private final IntFunction<List<List<T>>> epochs;
        private final List<T> validation;
        private final int steps;
        private final int every;
        private int step;
        private int bestStep;
        private double best = Double.NaN;
        private double lastImprovement = Double.NaN;
        private int withoutImprovement;
        private Tally sinceMeasured = new Tally();

        Run(IntFunction<List<List<T>>> epochs, List<T> validation) {
            this.epochs = epochs;
            this.validation = validation;
            int ofEpoch = epochs.apply(0).size();
            steps = plan.epochs() * ofEpoch;
            Integer asked = plan.validation().everySteps();
            every = Math.max(asked == null ? ofEpoch : asked, Math.ceilDiv(steps, MOST_POINTS));
        }

        Done whole() {
            Tally epochTally = new Tally();
            for (int epoch = 0; epoch < plan.epochs(); epoch++) {
                epochTally = new Tally();
                for (List<T> batch : epochs.apply(epoch)) {
                    take(batch, epochTally);
                    step++;
                    if (step % every == 0 || step == steps) {
                        measure(epoch);
                    }
                    listener.progressed((double) step / steps);
                    if (patienceIsOver()) {
                        return done(epochTally);
                    }
                }
            }
            return done(epochTally);
        }

        private Done done(Tally epochTally) {
            if (bestStep > 0 && bestStep < step) {
                candidate.restore();
                return new Done(epochTally, step, bestStep);
            }
            return new Done(epochTally, step, step);
        }

        /** One step: the mean loss of the batch, its gradient gathered over mini-batches. */
        private void take(List<T> batch, Tally epochTally) {
            for (List<T> miniBatch : miniBatches(batch)) {
                try (ScoringModel.ForwardPass pass = candidate.model().forward(sequences(miniBatch))) {
                    pass.backward(slopes(pass.labelScores(), miniBatch, batch.size(), epochTally));
                }
            }
            objective.stepped();
            try {
                candidate.model().step(plan.adamW(step, steps));
            } catch (IllegalStateException notFinite) {
                throw diverged("the gradient is not finite");
            }
        }

        /** dLoss/dscore of the sequences of all rows, for the mean over {@code batchSize} rows. */
        private double[][] slopes(float[][] scores, List<T> rows, int batchSize, Tally epochTally) {
            List<double[]> slopes = new ArrayList<>(scores.length);
            int at = 0;
            for (T row : rows) {
                float[][] ofRow =
                        Arrays.copyOfRange(scores, at, at + row.sequences().size());
                at += ofRow.length;
                requireFinite(ofRow);
                for (double[] ofSequence : learn(row, ofRow, epochTally)) {
                    slopes.add(Arrays.stream(ofSequence)
                            .map(slope -> slope / batchSize)
                            .toArray());
                }
            }
            return slopes.toArray(double[][]::new);
        }

        private double[][] learn(T row, float[][] scores, Tally epochTally) {
            objective.measure(row, scores, sinceMeasured);
            return objective.learn(row, scores, epochTally);
        }

        private void requireFinite(float[][] scores) {
            for (float[] ofSequence : scores) {
                for (float score : ofSequence) {
                    if (!Float.isFinite(score)) {
                        throw diverged("the scores of a row are " + Arrays.deepToString(scores));
                    }
                }
            }
        }

        private TrainingFailedException diverged(String what) {
            return new TrainingFailedException("Training diverged at step " + step + ": " + what
                    + "; use a lower learningRate, more warmupSteps or a lower gradientClip.");
        }

        private void measure(int epoch) {
            Tally held = validation.isEmpty() ? null : TrainingLoop.this.measure(validation);
            listener.measured(new CurvePoint(
                    step,
                    epoch + 1,
                    plan.adamW(step - 1, steps).learningRate(),
                    sinceMeasured.loss(),
                    sinceMeasured.accuracy(),
                    held == null ? null : held.loss(),
                    held == null ? null : held.accuracy()));
            sinceMeasured = new Tally();
            Best metric = plan.validation().best();
            if (held != null && metric != null) {
                compare(valueOf(metric, held));
            }
        }

        /** Higher is better. */
        private static double valueOf(Best metric, Tally held) {
            return switch (metric) {
                case VALIDATION_LOSS -> -held.loss();
                case VALIDATION_ACCURACY ->
                    Objects.requireNonNull(held.accuracy(), "a loss without an accuracy is refused with this metric");
            };
        }

        private void compare(double value) {
            if (Double.isNaN(best) || value > best) {
                best = value;
                bestStep = step;
                if (step < steps) {
                    candidate.keep();
                }
            }
            StopEarly stop = plan.validation().stopEarly();
            if (Double.isNaN(lastImprovement) || value > lastImprovement + (stop == null ? 0 : stop.minImprovement())) {
                lastImprovement = value;
                withoutImprovement = 0;
            } else {
                withoutImprovement++;
            }
        }

        private boolean patienceIsOver() {
            StopEarly stop = plan.validation().stopEarly();
            return stop != null && withoutImprovement >= stop.patience();
        }
    }

    /** What the model says of rows as it is now. */
    public Tally measure(List<T> rows) {
        Tally tally = new Tally();
        forEach(rows, (row, scores) -> objective.measure(row, scores, tally));
        return tally;
    }

    public interface Scored<T> {
        void accept(T row, float[][] scores);
    }

    /** Scores rows as the model is now, in their order. */
    public void forEach(List<T> rows, Scored<T> each) {
        for (List<T> miniBatch : miniBatches(rows)) {
            float[][] scores = candidate.model().labelScores(sequences(miniBatch));
            int at = 0;
            for (T row : miniBatch) {
                int count = row.sequences().size();
                each.accept(row, Arrays.copyOfRange(scores, at, at + count));
                at += count;
            }
        }
    }

    private static <T extends Row> List<List<T>> miniBatches(List<T> rows) {
        return MiniBatches.split(rows, row -> row.sequences().size() * row.longest(), MAX_TOKENS);
    }

    private static <T extends Row> List<int[]> sequences(List<T> rows) {
        return rows.stream().flatMap(row -> row.sequences().stream()).toList();
    }
}
