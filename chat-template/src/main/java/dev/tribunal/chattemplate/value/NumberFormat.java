package dev.tribunal.chattemplate.value;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers of formats. */
public final class NumberFormat {

    private NumberFormat() {}

    /** With this many digits after the point, halves to even. */
    public static String fixed(double number, int digits) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Printing.real(number);
        }
        String text =
                new BigDecimal(number).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        boolean negativeZero = !text.startsWith("-") && (number < 0 || number == 0 && 1 / number < 0);
        return negativeZero ? "-" + text : text;
    }

    public static long integer(Value value) {
        Operations.requireDefined(value);
        return Operations.integer(value)
                .orElseThrow(() -> new Failure("the format needs an integer, not " + Printing.type(value)));
    }

    public static double real(Value value) {
        Operations.requireDefined(value);
        return Operations.number(value)
                .orElseThrow(() -> new Failure("the format needs a number, not " + Printing.type(value)));
    }
}
