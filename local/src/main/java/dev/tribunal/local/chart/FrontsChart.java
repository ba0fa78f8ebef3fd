package dev.tribunal.local.chart;

import dev.tribunal.local.chart.ChartSpecs.Front;
import dev.tribunal.local.chart.ChartSpecs.Fronts;
import dev.tribunal.local.chart.ChartSpecs.Objective;
import dev.tribunal.local.chart.Svg.Anchor;
import dev.tribunal.local.chart.Svg.Point;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.methods.statistics.Hypervolume;
import dev.tribunal.methods.statistics.SeededMeans;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Trade-offs of several objectives: for each pair of them the mean points of each method, and the hypervolume of the method's points
 * in all objectives, of each seed by itself, with the interval over the seeds.
 */
final class FrontsChart {

    private static final int COLUMNS = 3;
    private static final double WIDTH = 290;
    private static final double HEIGHT = 230;
    private static final double TITLE_HEIGHT = 28;
    private static final double ROW = 20;
    private static final double LABELS = 170;

    private FrontsChart() {}

    /** @param byPoint of each seed, by its name, what each objective was; only of points that have all of them */
    private record Measured(Front front, Map<String, Map<String, double[]>> byPoint) {

        /** Means over the seeds. */
        List<double[]> points(int objectives) {
            return byPoint.values().stream()
                    .map(seeds -> {
                        double[] mean = new double[objectives];
                        seeds.values().forEach(point -> {
                            for (int i = 0; i < objectives; i++) {
                                mean[i] += point[i] / seeds.size();
                            }
                        });
                        return mean;
                    })
                    .toList();
        }

        /** Of each seed that has all points. */
        double[] hypervolumes(double[] reference) {
            return byPoint.values().stream()
                    .flatMap(seeds -> seeds.keySet().stream())
                    .distinct()
                    .filter(seed -> byPoint.values().stream().allMatch(seeds -> seeds.containsKey(seed)))
                    .sorted()
                    .mapToDouble(seed -> Hypervolume.of(
                            byPoint.values().stream()
                                    .map(seeds -> seeds.get(seed))
                                    .toList(),
                            reference))
                    .toArray();
        }
    }

    static String draw(Fronts chart, ChartSpecs specs, ChartData data) throws IOException {
        List<Measured> measured = new ArrayList<>();
        for (Front front : chart.fronts()) {
            measured.add(new Measured(front, points(front, chart.objectives(), data.rows(specs.data(), "seeds"))));
        }
        Svg svg = new Svg();
        svg.text(new Point(10, 18), chart.title(), Anchor.START, true);
        int panels = 0;
        for (int a = 0; a < chart.objectives().size(); a++) {
            for (int b = a + 1; b < chart.objectives().size(); b++) {
                int row = panels / COLUMNS;
                Frame frame = new Frame(svg, panels % COLUMNS * WIDTH, TITLE_HEIGHT + row * HEIGHT, WIDTH, HEIGHT);
                panel(chart.objectives(), a, b, measured, frame);
                panels++;
            }
        }
        double width = Math.min(COLUMNS, panels) * WIDTH;
        int rows = (panels + COLUMNS - 1) / COLUMNS;
        double legend = TITLE_HEIGHT + rows * HEIGHT + 8;
        int lines =
                Legend.draw(svg, measured.stream().map(one -> one.front.label()).toList(), legend, width, i -> false);
        double volumes = legend + lines * 18 + 10;
        hypervolumes(chart.objectives(), measured, svg, volumes, width);
        return svg.document(width, volumes + 70 + ROW * measured.size(), chart.title());
    }

    private static void panel(List<Objective> objectives, int a, int b, List<Measured> measured, Frame frame) {
        int all = objectives.size();
        Axis x = frame.across(measured.stream()
                .flatMapToDouble(one -> one.points(all).stream().mapToDouble(point -> point[a])));
        Axis y = frame.up(measured.stream()
                .flatMapToDouble(one -> one.points(all).stream().mapToDouble(point -> point[b])));
        frame.draw(
                objectives.get(b).name() + " over " + objectives.get(a).name(),
                objectives.get(a).name(),
                x,
                y);
        for (int m = 0; m < measured.size(); m++) {
            for (double[] point : measured.get(m).points(all)) {
                frame.svg().dot(new Point(x.place(point[a]), y.place(point[b])), Svg.colour(m));
            }
        }
    }

    private static void hypervolumes(
            List<Objective> objectives, List<Measured> measured, Svg svg, double top, double width) {
        double[] reference =
                objectives.stream().mapToDouble(Objective::reference).toArray();
        List<Estimate> volumes = measured.stream()
                .map(one -> one.hypervolumes(reference))
                .map(values -> values.length == 0 ? new Estimate(0, 0, 0, 0) : SeededMeans.ofSeeds(values))
                .toList();
        svg.text(new Point(10, top + 12), "Hypervolume, and its 95 % interval over the seeds", Anchor.START, false);
        Axis x = Axis.around(
                DoubleStream.concat(DoubleStream.of(0), volumes.stream().mapToDouble(Estimate::high)),
                LABELS,
                width - 150);
        double bottom = top + 22 + ROW * measured.size();
        for (double tick : x.ticks()) {
            double at = x.place(tick);
            svg.line(new Point(at, top + 22), new Point(at, bottom), "#e4e4e4", 1);
            svg.text(new Point(at, bottom + 16), Axis.label(tick), Anchor.MIDDLE, false);
        }
        for (int m = 0; m < measured.size(); m++) {
            Estimate volume = volumes.get(m);
            double y = top + 22 + ROW * (m + 0.5);
            svg.text(new Point(LABELS - 8, y + 4), measured.get(m).front.label(), Anchor.END, false);
            svg.line(new Point(x.place(volume.low()), y), new Point(x.place(volume.high()), y), Svg.colour(m), 1.8);
            svg.dot(new Point(x.place(volume.value()), y), Svg.colour(m));
            svg.text(
                    new Point(width - 140, y + 4),
                    String.format(
                            Locale.ROOT,
                            "%.4g (%.4g to %.4g), n = %d",
                            volume.value(),
                            volume.low(),
                            volume.high(),
                            volume.n()),
                    Anchor.START,
                    false);
        }
    }

    /** By point, then by seed: from the arms' held-out scores, or from the artifacts of the stages. */
    private static Map<String, Map<String, double[]>> points(
            Front front, List<Objective> objectives, List<CSVRecord> rows) {
        Map<String, Map<String, double[]>> points = new TreeMap<>();
        for (CSVRecord row : rows) {
            if (front.arms().contains(row.get("arm"))
                    && (front.stages().isEmpty()
                            ? row.get("stage").isEmpty()
                            : front.stages().contains(row.get("stage")))) {
                for (int i = 0; i < objectives.size(); i++) {
                    String point = pointOf(row, objectives.get(i).name());
                    if (point != null) {
                        points.computeIfAbsent(point, key -> new TreeMap<>())
                                        .computeIfAbsent(row.get("seed"), key -> nothing(objectives.size()))[i] =
                                ChartData.number(row, "value");
                    }
                }
            }
        }
        points.values()
                .forEach(seeds ->
                        seeds.values().removeIf(point -> DoubleStream.of(point).anyMatch(Double::isNaN)));
        points.values().removeIf(Map::isEmpty);
        return points;
    }

    /** Which point a row is a score of; absent if it is none, or not one by this reward model. */
    private static @Nullable String pointOf(CSVRecord row, String rewardModel) {
        String metric = row.get("metric");
        String stage = row.get("stage");
        String arm = row.get("arm");
        if (stage.isEmpty()) {
            return metric.equals("heldOut.score." + rewardModel) || metric.equals("heldOut.rewardModel." + rewardModel)
                    ? arm
                    : null;
        }
        if (metric.equals("score." + rewardModel)) {
            return arm + " " + stage;
        }
        // Of a sweep, by its weights.
        return metric.startsWith("score." + rewardModel + "@")
                ? arm + " " + metric.substring(metric.indexOf('@'))
                : null;
    }

    private static double[] nothing(int objectives) {
        double[] point = new double[objectives];
        Arrays.fill(point, Double.NaN);
        return point;
    }
}
