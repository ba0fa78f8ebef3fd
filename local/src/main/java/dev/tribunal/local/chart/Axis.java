package dev.tribunal.local.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Values along one edge of a panel.
 *
 * @param low the value at {@code from}
 * @param high the value at {@code to}, above {@code low}
 * @param from pixels
 * @param to pixels; before {@code from} where values rise against the pixels
 */
record Axis(double low, double high, double from, double to) {

    private static final double MARGIN = 0.04;
    private static final int TICKS = 5;

    /** With all values inside, and a margin on both sides. */
    static Axis around(DoubleStream values, double from, double to) {
        var all = values.filter(Double::isFinite).summaryStatistics();
        if (all.getCount() == 0) {
            return new Axis(0, 1, from, to);
        }
        double range = all.getMax() - all.getMin();
        double margin = range == 0 ? Math.max(0.5, Math.abs(all.getMax()) / 10) : MARGIN * range;
        return new Axis(all.getMin() - margin, all.getMax() + margin, from, to);
    }

    double place(double value) {
        return from + (value - low) / (high - low) * (to - from);
    }

    /** About five round numbers: 1, 2 or 5 times a power of ten apart. */
    List<Double> ticks() {
        double wanted = (high - low) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        double apart = wanted / power <= 1
                ? power
                : wanted / power <= 2 ? 2 * power : wanted / power <= 5 ? 5 * power : 10 * power;
        List<Double> ticks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / apart); i * apart <= high; i++) {
            ticks.add(i * apart);
        }
        return ticks;
    }

    /** As short as can be: 0.30000000000000004 is 0.3. */
    static String label(double tick) {
        BigDecimal number = new BigDecimal(tick).round(new MathContext(6)).stripTrailingZeros();
        return number.signum() == 0 ? "0" : number.toPlainString();
    }
}
