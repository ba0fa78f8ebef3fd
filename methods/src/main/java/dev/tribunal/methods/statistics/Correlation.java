package dev.tribunal.methods.statistics;

import java.util.OptionalDouble;

/** Pearson's correlation. */
public final class Correlation {

    private Correlation() {}

    /** From -1 to 1; absent where one of the two does not vary. */
    public static OptionalDouble of(double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(x.length + " values cannot be paired with " + y.length);
        }
        if (x.length == 0) {
            return OptionalDouble.empty();
        }
        double meanX = Sample.mean(x);
        double meanY = Sample.mean(y);
        double products = 0;
        double squaresX = 0;
        double squaresY = 0;
        for (int i = 0; i < x.length; i++) {
            products += (x[i] - meanX) * (y[i] - meanY);
            squaresX += (x[i] - meanX) * (x[i] - meanX);
            squaresY += (y[i] - meanY) * (y[i] - meanY);
        }
        double scale = Math.sqrt(squaresX) * Math.sqrt(squaresY);
        return scale > 0 ? OptionalDouble.of(Math.clamp(products / scale, -1, 1)) : OptionalDouble.empty();
    }
}
