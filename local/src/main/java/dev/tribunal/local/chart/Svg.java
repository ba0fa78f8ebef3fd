package dev.tribunal.local.chart;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An SVG picture in the making; coordinates are pixels from the upper left corner. */
final class Svg {

    /** Colours that people with a colour vision deficiency can tell apart (Okabe and Ito, 2008), and grey for more of them. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999");

    private final StringBuilder body = new StringBuilder();

    /** A place in the picture. */
    record Point(double x, double y) {}

    /** Where a text stands to its place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    static String colour(int index) {
        return COLOURS.get(Math.min(index, COLOURS.size() - 1));
    }

    void line(Point from, Point to, String colour, double width) {
        body.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>\n",
                from.x,
                from.y,
                to.x,
                to.y,
                colour,
                width));
    }

    void path(List<Point> points, String colour, boolean dashed) {
        body.append(String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"%s/>\n",
                text(points),
                colour,
                dashed ? " stroke-dasharray=\"5 3\"" : ""));
    }

    /** A transparent area. */
    void area(List<Point> points, String colour) {
        body.append(String.format(
                Locale.ROOT, "<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"0.13\"/>\n", text(points), colour));
    }

    void dot(Point at, String colour) {
        body.append(String.format(
                Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.2\" fill=\"%s\"/>\n", at.x, at.y, colour));
    }

    void text(Point at, String text, Anchor anchor, boolean bold) {
        body.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>%s</text>\n",
                at.x,
                at.y,
                anchor.name().toLowerCase(Locale.ROOT),
                bold ? " font-weight=\"bold\"" : "",
                escaped(text)));
    }

    /** The whole document, on white: a page may be dark. */
    String document(double width, double height, String title) {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\""
                        + " font-family=\"Helvetica, Arial, sans-serif\" font-size=\"11\" fill=\"#222222\" role=\"img\">\n"
                        + "<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n%s</svg>\n",
                width,
                height,
                width,
                height,
                escaped(title),
                body);
    }

    private static String text(List<Point> points) {
        return points.stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", point.x, point.y))
                .collect(Collectors.joining(" "));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
