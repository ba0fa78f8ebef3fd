package dev.tribunal.methods.rewardmodel;

import dev.tribunal.input.Default;
import dev.tribunal.methods.loss.Logistic;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * LCPO (arXiv 2509.24159) around a loss L of pairs: expectation maximisation over which labels are right. eta_k is how
 * often annotator k labels rightly.
 *
 * <pre>
 * p   = exp(-L(w, l)) / (exp(-L(w, l)) + exp(-L(l, w)))     the model's own word on the pair
 * w   = eta_k p / (eta_k p + (1 - eta_k) (1 - p))           that the label is right; no gradient goes through it
 * loss = w L(w, l) + (1 - w) L(l, w)
 * eta_k &lt;- momentum eta_k + (1 - momentum) mean w          after each step, over its pairs of annotator k
 * </pre>
 *
 * <p>eta never falls below 1/2, where labels would be taken for their opposite. With eta = 1 it is L itself. The values of
 * eta and momentum that the paper starts with were not found.
 *
 * @param loss L; default Bradley and Terry's
 * @param eta what every annotator's reliability starts as; default 0.9
 * @param momentum how much of eta stays in a step; default 0.99; with 1 it never moves
 */
public record Lcpo(
        @Default("{}") BradleyTerry loss,
        @Default("0.9") @DecimalMin("0.5") @Max(1) double eta,
        @Default("0.99") @Min(0) @Max(1) double momentum)
        implements PreferenceLoss {

    private static final double NO_BETTER_THAN_CHANCE = 0.5;

    /** w: that a label is right, given the model's probability p that it is and its annotator's reliability. */
    public static double weight(double eta, double p) {
        double right = eta * p;
        double wrong = (1 - eta) * (1 - p);
        return right + wrong == 0 ? NO_BETTER_THAN_CHANCE : right / (right + wrong);
    }

    @Override
    public PairObjective objective() {
        return new Reliabilities();
    }

    private final class Reliabilities implements PairObjective {

        private final Map<String, Double> etas = new TreeMap<>();
        private final Map<String, Step> steps = new HashMap<>();

        /** The sum of w over the pairs of one annotator in this step. */
        private static final class Step {
            private double weights;
            private int pairs;
        }

        @Override
        public Value of(double chosen, double rejected, PairLabel label) {
            return inferred(chosen, rejected, label).value();
        }

        @Override
        public Value learn(double chosen, double rejected, PairLabel label) {
            Inferred inferred = inferred(chosen, rejected, label);
            Step step = steps.computeIfAbsent(label.annotator(), _ -> new Step());
            step.weights += inferred.weight();
            step.pairs++;
            return inferred.value();
        }

        /** @param weight w */
        private record Inferred(double weight, Value value) {}

        private Inferred inferred(double chosen, double rejected, PairLabel label) {
            Value asLabelled = loss.of(chosen, rejected, label);
            Value swapped = loss.of(rejected, chosen, label);
            double weight = weight(
                    etas.getOrDefault(label.annotator(), eta), Logistic.sigma(swapped.loss() - asLabelled.loss()));
            return new Inferred(
                    weight,
                    new Value(
                            weight * asLabelled.loss() + (1 - weight) * swapped.loss(),
                            weight * asLabelled.slope() - (1 - weight) * swapped.slope()));
        }

        @Override
        public void stepped() {
            steps.forEach((annotator, step) -> {
                double before = etas.getOrDefault(annotator, eta);
                double after = momentum * before + (1 - momentum) * step.weights / step.pairs;
                etas.put(annotator, Math.max(NO_BETTER_THAN_CHANCE, after));
            });
            steps.clear();
        }

        @Override
        public Map<String, Double> reliability() {
            return Map.copyOf(etas);
        }
    }
}
