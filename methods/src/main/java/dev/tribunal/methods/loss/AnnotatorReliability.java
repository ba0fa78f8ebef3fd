package dev.tribunal.methods.loss;

import java.util.Map;
import java.util.TreeMap;

/**
 * How often each annotator labels rightly, eta, by the expectation maximization of LCPO (arXiv 2509.24159) around a loss L
 * of pairs.
 *
 * <pre>
 * p   = exp(-L(w&gt;l)) / (exp(-L(w&gt;l)) + exp(-L(l&gt;w)))     what the model holds of a label
 * w   = eta p / (eta p + (1 - eta) (1 - p))              E: that the label is right
 * eta = momentum eta + (1 - momentum) mean of w          M: after a step, over its pairs of the annotator, not below least
 * </pre>
 */
public final class AnnotatorReliability {

    private final double first;
    private final double momentum;
    private final double least;
    private final Map<String, Double> etas = new TreeMap<>();

    /**
     * @param first eta of an annotator of whom nothing has been seen
     * @param momentum how much of eta a step keeps, from 0 to 1
     * @param least below it labels would be taken for their opposite: at least 1/2
     */
    public AnnotatorReliability(double first, double momentum, double least) {
        this.first = first;
        this.momentum = momentum;
        this.least = least;
    }

    /** eta. */
    public double of(String annotator) {
        return etas.getOrDefault(annotator, first);
    }

    /**
     * w, the probability that a label is right.
     *
     * @param eta before the model is asked; with 1 no label is wrong
     * @param given L(w&gt;l)
     * @param turned L(l&gt;w)
     */
    public static double posterior(double eta, double given, double turned) {
        return 1 / (1 + Math.exp(wrong(eta, turned) - right(eta, given)));
    }

    /** {@code -log(eta exp(-L(w>l)) + (1 - eta) exp(-L(l>w)))}, whose slopes are those of w L(w&gt;l) + (1 - w) L(l&gt;w). */
    public static double negativeLogLikelihood(double eta, double given, double turned) {
        double right = right(eta, given);
        double wrong = wrong(eta, turned);
        return -(Math.max(right, wrong) + Math.log1p(Math.exp(-Math.abs(right - wrong))));
    }

    private static double right(double eta, double given) {
        return Math.log(eta) - given;
    }

    /** Minus infinity where no label is wrong. */
    private static double wrong(double eta, double turned) {
        return Math.log1p(-eta) - turned;
    }

    /** @param mean of w, over the step's pairs of this annotator */
    public void renew(String annotator, double mean) {
        etas.put(annotator, Math.max(least, momentum * of(annotator) + (1 - momentum) * mean));
    }

    /** eta of every annotator of whom something has been seen. */
    public Map<String, Double> state() {
        return Map.copyOf(etas);
    }

    public void restore(Map<String, Double> state) {
        etas.clear();
        etas.putAll(state);
    }
}
