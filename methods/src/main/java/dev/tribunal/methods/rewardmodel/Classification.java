package dev.tribunal.methods.rewardmodel;

import java.util.Arrays;

/** A head that classifies: softmax over its logits, and the cross-entropy of the class that is right. */
public final class Classification {

    private Classification() {}

    /** softmax(z), written so that no logit overflows. */
    public static double[] probabilities(double[] logits) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double[] weights =
                Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    /** -log softmax(z)[label], nats. */
    public static double loss(double[] logits, int label) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double sum =
                Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).sum();
        return Math.log(sum) - (logits[label] - largest);
    }

    /** dloss/dz = softmax(z) - 1 at the label. */
    public static double[] slopes(double[] logits, int label) {
        double[] slopes = probabilities(logits);
        slopes[label] -= 1;
        return slopes;
    }

    /** The expected index of the class, from 0. */
    public static double expectedIndex(double[] probabilities) {
        double expected = 0;
        for (int i = 0; i < probabilities.length; i++) {
            expected += i * probabilities[i];
        }
        return expected;
    }

    /** The standard deviation of the class's index. */
    public static double indexDeviation(double[] probabilities) {
        double expected = expectedIndex(probabilities);
        double variance = 0;
        for (int i = 0; i < probabilities.length; i++) {
            variance += (i - expected) * (i - expected) * probabilities[i];
        }
        return Math.sqrt(variance);
    }
}
