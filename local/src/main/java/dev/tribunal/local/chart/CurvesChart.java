package dev.tribunal.local.chart;

import dev.tribunal.local.chart.ChartSpecs.Arm;
import dev.tribunal.local.chart.ChartSpecs.Curves;
import dev.tribunal.local.chart.ChartSpecs.Panel;
import dev.tribunal.local.chart.Svg.Anchor;
import dev.tribunal.local.chart.Svg.Point;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.commons.csv.CSVRecord;

/** Metrics over the steps: the mean over the seeds as a line, its interval as a band. */
final class CurvesChart {

    private static final int COLUMNS = 3;
    private static final double PANEL_WIDTH = 300;
    private static final double PANEL_HEIGHT = 210;
    private static final double TITLE_HEIGHT = 28;
    private static final double LEGEND_HEIGHT = 18;

    private CurvesChart() {}

    static String draw(Curves chart, ChartSpecs specs, ChartData data) throws IOException {
        List<Arm> arms = specs.arms(chart.only());
        int columns = Math.min(COLUMNS, chart.panels().size());
        int rows = (chart.panels().size() + columns - 1) / columns;
        Svg svg = new Svg();
        double width = columns * PANEL_WIDTH;
        svg.text(new Point(10, 18), chart.title(), Anchor.START, true);
        List<CSVRecord> curves = data.rows(specs.data(), "curves");
        for (int i = 0; i < chart.panels().size(); i++) {
            int row = i / columns;
            Frame frame = new Frame(
                    svg, i % columns * PANEL_WIDTH, TITLE_HEIGHT + row * PANEL_HEIGHT, PANEL_WIDTH, PANEL_HEIGHT);
            panel(chart.panels().get(i), arms, curves, frame);
        }
        double legend = TITLE_HEIGHT + rows * PANEL_HEIGHT + 6;
        double height = legend
                + Legend.draw(
                                svg,
                                arms.stream().map(Arm::text).toList(),
                                legend,
                                width,
                                i -> arms.get(i).dashed())
                        * LEGEND_HEIGHT;
        return svg.document(width, height, chart.title());
    }

    private static void panel(Panel panel, List<Arm> arms, List<CSVRecord> all, Frame frame) {
        List<List<CSVRecord>> curves = arms.stream()
                .map(arm -> all.stream()
                        .filter(row -> row.get("metric").equals(panel.metric())
                                && row.get("task").equals(panel.task() == null ? "" : panel.task())
                                && row.get("arm").equals(arm.arm()))
                        .toList())
                .toList();
        List<CSVRecord> shown = curves.stream().flatMap(List::stream).toList();
        Axis x = frame.across(shown.stream().mapToDouble(row -> ChartData.number(row, "step")));
        Axis y = frame.up(shown.stream()
                .flatMapToDouble(row -> DoubleStream.of(ChartData.number(row, "low"), ChartData.number(row, "high"))));
        frame.draw(panel.heading(), "step", x, y);
        for (int a = 0; a < arms.size(); a++) {
            List<CSVRecord> rows = curves.get(a);
            if (!rows.isEmpty()) {
                List<Point> band = new ArrayList<>(points(rows, x, y, "high"));
                band.addAll(points(rows, x, y, "low").reversed());
                frame.svg().area(band, Svg.colour(a));
                frame.svg()
                        .path(
                                points(rows, x, y, "value"),
                                Svg.colour(a),
                                arms.get(a).dashed());
            }
        }
    }

    private static List<Point> points(List<CSVRecord> rows, Axis x, Axis y, String column) {
        return rows.stream()
                .map(row -> new Point(x.place(ChartData.number(row, "step")), y.place(ChartData.number(row, column))))
                .toList();
    }
}
