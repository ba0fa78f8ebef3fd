package dev.tribunal.methods.rewardmodel;

import dev.tribunal.input.Default;
import dev.tribunal.methods.loss.AnnotatorReliability;
import dev.tribunal.methods.rollout.PairLabel;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.HashMap;
import java.util.Map;

/**
 * LCPO (arXiv 2509.24159) around a loss L of pairs: expectation maximization over which labels are right, as {@link
 * AnnotatorReliability} has it, with {@code w L(w>l) + (1 - w) L(l>w)} as a pair's loss; no gradient goes through w. A pair's
 * {@code margin} is turned with it; its {@code labelProbability} is not read, for it is what is inferred.
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

    @Override
    public PairObjective objective() {
        return new Reliabilities();
    }

    private final class Reliabilities implements PairObjective {

        private final AnnotatorReliability reliability = new AnnotatorReliability(eta, momentum, NO_BETTER_THAN_CHANCE);
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
            PairLabel given = label.withoutProbability();
            Value asLabelled = loss.of(chosen, rejected, given);
            Value turned = loss.of(rejected, chosen, given.turned());
            double weight =
                    AnnotatorReliability.posterior(reliability.of(label.annotator()), asLabelled.loss(), turned.loss());
            return new Inferred(
                    weight,
                    new Value(
                            weight * asLabelled.loss() + (1 - weight) * turned.loss(),
                            weight * asLabelled.slope() - (1 - weight) * turned.slope()));
        }

        @Override
        public void stepped() {
            steps.forEach((annotator, step) -> reliability.renew(annotator, step.weights / step.pairs));
            steps.clear();
        }

        @Override
        public Map<String, Double> reliability() {
            return reliability.state();
        }
    }
}
