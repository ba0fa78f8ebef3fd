package dev.tribunal.methods.preference;

import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.AnnotatorReliability;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.Now;
import dev.tribunal.methods.loss.Observed;
import dev.tribunal.methods.loss.OfPair;
import dev.tribunal.methods.loss.PairLoss;
import dev.tribunal.methods.loss.Pairs;
import dev.tribunal.methods.loss.Pairs.Pair;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.PairLabel;
import dev.tribunal.methods.rollout.RatedGroup;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * LCPO, label-corrected preference optimization (arXiv 2509.24159; later versions call it RE-PO): an expectation
 * maximization around a loss of pairs, which infers of each label how probably it is right, and of each annotator how
 * reliable.
 *
 * <pre>
 * p    = exp(-L(w&gt;l)) / (exp(-L(w&gt;l)) + exp(-L(l&gt;w)))                    what the policy holds of the label
 * w    = eta p / (eta p + (1 - eta) (1 - p))                             E: the label is right
 * loss = -log(eta exp(-L(w&gt;l)) + (1 - eta) exp(-L(l&gt;w)))                 M: its slopes are those of
 *        w L(w&gt;l) + (1 - w) L(l&gt;w)                                          with w held fixed
 * eta  = momentum eta + (1 - momentum) mean of the annotator's w, not below leastEta
 * </pre>
 *
 * Both losses are evaluated for every pair, and none is dropped. What is reported is the loss whose slopes these are, the
 * negative log-likelihood of the labels but for p's normaliser; with eta = 1 it is L. Eta is renewed after each step from
 * that step's pairs; one of 1 stays 1, since no label can then be wrong. A row's {@code annotator} says who labelled it;
 * rows without one have one annotator, {@code all}. A row's {@code labelProbability} is not read: it is what is inferred.
 *
 * <p>The values of eta at the start and of the momentum were not found in what is published, and are choices.
 *
 * @param loss of a pair, L; default DPO with its defaults
 * @param eta the share of an annotator's labels that is right, at first; at most 1; default 0.8
 * @param momentum how much of eta a step keeps, from 0 to 1; at 1 eta stays as it is; default 0.9
 * @param leastEta what eta is never below, above 0.5: an annotator below it would have all labels turned around; default
 *     0.51
 */
public record Lcpo(
        @Default("{\"type\": \"dpo\"}") PreferenceMethod loss,

        @Default("0.8") @DecimalMin(value = "0.5", inclusive = false) @Max(1)
        double eta,

        @Default("0.9") @PositiveOrZero @Max(1) double momentum,

        @Default("0.51") @DecimalMin(value = "0.5", inclusive = false) @Max(1)
        double leastEta)
        implements Method, Checked {

    /** Begins the name of the metric that an annotator's eta is. */
    public static final String ETA = "eta";

    @Override
    public void check(Findings findings) {
        if (eta < leastEta && findings.sound("/eta") && findings.sound("/leastEta")) {
            findings.mistake("/eta", "is " + eta + ", must be at least leastEta, which is " + leastEta);
        }
    }

    /**
     * A loss of pairs under labels that are right with a probability.
     *
     * @param eta the probability before the policy is asked
     */
    record Corrected(PairLoss loss, double eta) implements PairLoss {

        /** The probability that the label is right, w. */
        double posterior(Side chosen, Side rejected, double margin) {
            return AnnotatorReliability.posterior(
                    eta,
                    loss.of(chosen, rejected, margin).loss(),
                    loss.of(rejected, chosen, -margin).loss());
        }

        @Override
        public Value of(Side chosen, Side rejected) {
            return of(chosen, rejected, 0);
        }

        @Override
        public Value of(Side chosen, Side rejected, double margin) {
            Value given = loss.of(chosen, rejected, margin);
            Value swapped = loss.of(rejected, chosen, -margin);
            Value mean = given.mixed(AnnotatorReliability.posterior(eta, given.loss(), swapped.loss()), swapped);
            return new Value(
                    AnnotatorReliability.negativeLogLikelihood(eta, given.loss(), swapped.loss()),
                    mean.chosen(),
                    mean.rejected(),
                    mean.chosenKl(),
                    mean.rejectedKl());
        }

        @Override
        public boolean needsTokenKl() {
            return loss.needsTokenKl();
        }

        @Override
        public double weight(int token, int shorter) {
            return loss.weight(token, shorter);
        }
    }

    @Override
    public PolicyOptimizer optimizer() {
        return new Estimation();
    }

    private final class Estimation implements PolicyOptimizer {

        private final AnnotatorReliability reliability = new AnnotatorReliability(eta, momentum, leastEta);
        private Map<String, Double> renewed = Map.of();

        @Override
        public List<LossTerm> terms(List<RatedGroup> batch) {
            return batch.stream()
                    .flatMap(group -> Pairs.asGiven(group).stream())
                    .map(pair -> term(pair, batch.size()))
                    .toList();
        }

        private LossTerm term(Pair pair, int n) {
            PairLabel label = pair.label();
            return new OfPair(
                    new Corrected(loss, reliability.of(label.annotator())),
                    pair.chosen(),
                    pair.rejected(),
                    label.withoutProbability(),
                    n);
        }

        @Override
        public void observe(List<Observed> step) {
            Map<String, Double> means = step.stream()
                    .filter(observed -> observed.term() instanceof OfPair)
                    .collect(Collectors.groupingBy(
                            observed -> ((OfPair) observed.term()).label().annotator(),
                            Collectors.averagingDouble(
                                    observed -> posterior((OfPair) observed.term(), observed.now()))));
            renewed = new HashMap<>();
            means.forEach((annotator, mean) -> {
                reliability.renew(annotator, mean);
                renewed.put(ETA + "." + annotator, reliability.of(annotator));
            });
        }

        private static double posterior(OfPair pair, List<Now> now) {
            return ((Corrected) pair.loss())
                    .posterior(
                            pair.side(pair.chosen(), now.getFirst()),
                            pair.side(pair.rejected(), now.getLast()),
                            pair.label().margin(0));
        }

        /** Of the annotators whose pairs were in the step. */
        @Override
        public Map<String, Double> metrics() {
            return Map.copyOf(renewed);
        }

        @Override
        public Map<String, Double> state() {
            return reliability.state();
        }

        @Override
        public void restore(Map<String, Double> state) {
            reliability.restore(state);
            renewed = Map.of();
        }
    }

    @Override
    public Experience experience() {
        return Experience.PAIRS;
    }

    @Override
    public Set<Need> needs() {
        return loss.needs();
    }

    @Override
    public String paper() {
        return "arXiv 2509.24159";
    }
}
