package dev.tribunal.local.chart;

import dev.tribunal.local.chart.Svg.Anchor;
import dev.tribunal.local.chart.Svg.Point;
import java.util.stream.DoubleStream;

/**
 * The part of a picture that one panel has, with room for what stands around its axes.
 *
 * @param left pixels, as the others
 */
record Frame(Svg svg, double left, double top, double width, double height) {

    private static final double LEFT_MARGIN = 46;
    private static final double RIGHT_MARGIN = 12;
    private static final double TOP_MARGIN = 24;
    private static final double BOTTOM_MARGIN = 34;
    private static final String GRID = "#e4e4e4";
    private static final String EDGE = "#888888";

    Axis across(DoubleStream values) {
        return Axis.around(values, left + LEFT_MARGIN, left + width - RIGHT_MARGIN);
    }

    Axis up(DoubleStream values) {
        return Axis.around(values, bottom(), top + TOP_MARGIN);
    }

    private double bottom() {
        return top + height - BOTTOM_MARGIN;
    }

    /** Title, grid, numbers and edges. */
    void draw(String title, String below, Axis x, Axis y) {
        svg.text(new Point(x.from(), top + 15), title, Anchor.START, false);
        for (double tick : y.ticks()) {
            double at = y.place(tick);
            svg.line(new Point(x.from(), at), new Point(x.to(), at), GRID, 1);
            svg.text(new Point(x.from() - 5, at + 4), Axis.label(tick), Anchor.END, false);
        }
        for (double tick : x.ticks()) {
            double at = x.place(tick);
            svg.line(new Point(at, y.from()), new Point(at, y.from() + 4), EDGE, 1);
            svg.text(new Point(at, y.from() + 16), Axis.label(tick), Anchor.MIDDLE, false);
        }
        svg.line(new Point(x.from(), y.from()), new Point(x.to(), y.from()), EDGE, 1);
        svg.text(new Point((x.from() + x.to()) / 2, y.from() + 29), below, Anchor.MIDDLE, false);
    }
}
