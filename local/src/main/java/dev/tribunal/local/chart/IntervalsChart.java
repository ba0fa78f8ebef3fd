package dev.tribunal.local.chart;

import dev.tribunal.local.chart.ChartSpecs.Arm;
import dev.tribunal.local.chart.ChartSpecs.Intervals;
import dev.tribunal.local.chart.ChartSpecs.Panel;
import dev.tribunal.local.chart.ChartSpecs.Show;
import dev.tribunal.local.chart.Svg.Anchor;
import dev.tribunal.local.chart.Svg.Point;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.commons.csv.CSVRecord;

/** Metrics at the end of training: a dot for each arm, and its interval as a line. */
final class IntervalsChart {

    private static final double LABELS = 200;
    private static final double PANEL_WIDTH = 250;
    private static final double ROW = 20;
    private static final double TITLE_HEIGHT = 24;

    private IntervalsChart() {}

    static String draw(Intervals chart, ChartSpecs specs, ChartData data) throws IOException {
        List<Arm> arms = specs.arms(chart.only());
        Svg svg = new Svg();
        svg.text(new Point(10, 18), chart.title(), Anchor.START, true);
        List<CSVRecord> results = data.rows(specs.data(), "results");
        double height = 62 + ROW * arms.size();
        for (int i = 0; i < chart.panels().size(); i++) {
            panel(
                    chart.panels().get(i),
                    arms,
                    results,
                    new Frame(svg, LABELS - 46 + i * PANEL_WIDTH, TITLE_HEIGHT, PANEL_WIDTH, height));
        }
        for (int a = 0; a < arms.size(); a++) {
            svg.text(new Point(LABELS - 8, row(a) + 4), arms.get(a).text(), Anchor.END, false);
        }
        return svg.document(
                LABELS - 46 + chart.panels().size() * PANEL_WIDTH + 10, TITLE_HEIGHT + height, chart.title());
    }

    private static double row(int arm) {
        return TITLE_HEIGHT + 24 + ROW / 2 + ROW * arm;
    }

    private static void panel(Panel panel, List<Arm> arms, List<CSVRecord> results, Frame frame) {
        String value = panel.show().value();
        String low = panel.show().low();
        String high = panel.show().high();
        List<Optional<CSVRecord>> shown = arms.stream()
                .map(arm -> results.stream()
                        .filter(row -> row.get("metric").equals(panel.metric())
                                && row.get("task").equals(panel.task() == null ? "" : panel.task())
                                && row.get("arm").equals(arm.arm())
                                && !row.get(value).isEmpty())
                        .findFirst())
                .toList();
        DoubleStream ends = shown.stream()
                .flatMap(Optional::stream)
                .flatMapToDouble(row -> DoubleStream.of(ChartData.number(row, low), ChartData.number(row, high)));
        Axis x = frame.across(panel.show() == Show.DIFFERENCE ? DoubleStream.concat(DoubleStream.of(0), ends) : ends);
        Svg svg = frame.svg();
        double bottom = row(arms.size() - 1) + ROW / 2;
        svg.text(new Point(x.from(), frame.top() + 15), panel.heading(), Anchor.START, false);
        for (double tick : x.ticks()) {
            double at = x.place(tick);
            boolean none = panel.show() == Show.DIFFERENCE && tick == 0;
            svg.line(new Point(at, row(0) - ROW / 2), new Point(at, bottom), none ? "#888888" : "#e4e4e4", 1);
            svg.text(new Point(at, bottom + 16), Axis.label(tick), Anchor.MIDDLE, false);
        }
        for (int a = 0; a < arms.size(); a++) {
            if (shown.get(a).isPresent()) {
                CSVRecord row = shown.get(a).get();
                double y = row(a);
                svg.line(
                        new Point(x.place(ChartData.number(row, low)), y),
                        new Point(x.place(ChartData.number(row, high)), y),
                        Svg.colour(0),
                        1.8);
                svg.dot(new Point(x.place(ChartData.number(row, value)), y), Svg.colour(0));
            }
        }
    }
}
