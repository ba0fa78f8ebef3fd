package dev.tribunal.methods.rollout;

/** What is asserted of arrays at the door. */
public final class Shapes {

    private Shapes() {}

    public static void length(String name, double[] values, int length) {
        if (values.length != length) {
            throw new IllegalArgumentException(
                    name + " has " + values.length + " entries, but the rollout has " + length + " tokens");
        }
    }

    public static void finite(String name, double[] values, int length) {
        length(name, values, length);
        for (int t = 0; t < length; t++) {
            if (!Double.isFinite(values[t])) {
                throw new IllegalArgumentException(name + "[" + t + "] is " + values[t] + ", but must be finite");
            }
        }
    }

    public static void finite(String name, double[][] rows, int length) {
        for (int i = 0; i < rows.length; i++) {
            finite(name + "[" + i + "]", rows[i], length);
        }
    }
}
