package dev.tribunal.local.chart;

import dev.tribunal.local.chart.Svg.Anchor;
import dev.tribunal.local.chart.Svg.Point;
import java.util.List;
import java.util.function.IntPredicate;

/** Which colour is whose. */
final class Legend {

    private static final double LINE = 18;
    private static final double SAMPLE = 22;
    private static final double GAP = 18;
    /** Of the picture's font, about; a legend has room to spare. */
    private static final double LETTER = 6.2;

    private Legend() {}

    /**
     * @param top pixels
     * @return how many lines it took
     */
    static int draw(Svg svg, List<String> labels, double top, double width, IntPredicate dashed) {
        double x = 12;
        int line = 0;
        for (int i = 0; i < labels.size(); i++) {
            double needs = SAMPLE + 5 + LETTER * labels.get(i).length() + GAP;
            if (x + needs > width && x > 12) {
                x = 12;
                line++;
            }
            double y = top + line * LINE + 8;
            svg.path(List.of(new Point(x, y), new Point(x + SAMPLE, y)), Svg.colour(i), dashed.test(i));
            svg.text(new Point(x + SAMPLE + 5, y + 4), labels.get(i), Anchor.START, false);
            x += needs;
        }
        return line + 1;
    }
}
