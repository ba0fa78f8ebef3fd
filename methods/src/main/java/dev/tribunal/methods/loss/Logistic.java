package dev.tribunal.methods.loss;

/** sigma(x) = 1 / (1 + exp(-x)), and the loss of a margin that is its negative logarithm. */
public final class Logistic {

    private Logistic() {}

    public static double sigma(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** -log sigma(margin), written so that neither sign of the margin overflows. */
    public static double loss(double margin) {
        return Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
    }
}
