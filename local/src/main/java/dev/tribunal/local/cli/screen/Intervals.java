package dev.tribunal.local.cli.screen;

import java.util.Locale;
import java.util.function.DoubleFunction;

/** Numbers and their 95 % intervals as text. */
public final class Intervals {

    private Intervals() {}

    /** Four digits that count. */
    public static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    /** {@code 0.8512 (0.8203–0.8814)}. */
    public static String text(double value, double low, double high, DoubleFunction<String> number) {
        return number.apply(value) + " (" + between(low, high, number) + ")";
    }

    /** {@code 0.8203–0.8814}, or with signs {@code -0.1 to +0.2}. */
    public static String between(double low, double high, DoubleFunction<String> number) {
        String from = number.apply(low);
        String to = number.apply(high);
        boolean signed = from.startsWith("-") || from.startsWith("+") || to.startsWith("-");
        return from + (signed ? " to " : "\u2013") + to;
    }
}
