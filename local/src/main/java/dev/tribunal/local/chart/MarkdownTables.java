package dev.tribunal.local.chart;

import dev.tribunal.local.chart.ChartSpecs.AlarmTable;
import dev.tribunal.local.chart.ChartSpecs.Arm;
import dev.tribunal.local.chart.ChartSpecs.Panel;
import dev.tribunal.local.chart.ChartSpecs.Show;
import dev.tribunal.local.chart.ChartSpecs.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVRecord;

/** Tables of a Markdown document, written from the data, so that no number is copied by hand. */
final class MarkdownTables {

    private static final String END = "<!-- end -->";

    private MarkdownTables() {}

    /**
     * Puts a table in its place.
     *
     * @return the document
     * @throws IllegalArgumentException if the document has no place for it
     */
    static Path put(Path document, String name, List<String> table) throws IOException {
        String text = Files.readString(document);
        String start = "<!-- table " + name + " -->";
        int from = text.indexOf(start);
        int to = from < 0 ? -1 : text.indexOf(END, from);
        if (to < 0) {
            throw new IllegalArgumentException(
                    document + " has no place for the table: write the lines " + start + " and " + END);
        }
        return Files.writeString(
                document,
                text.substring(0, from) + start + "\n\n" + String.join("\n", table) + "\n\n" + text.substring(to));
    }

    static List<String> of(Table table, ChartSpecs specs, ChartData data) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("arm", "seeds"));
        table.panels().forEach(panel -> header.add(panel.heading()));
        addHeader(lines, header);
        List<CSVRecord> results = data.rows(specs.data(), "results");
        for (Arm arm : specs.arms(table.only())) {
            List<Optional<CSVRecord>> cells = table.panels().stream()
                    .map(panel -> results.stream()
                            .filter(row -> row.get("metric").equals(panel.metric())
                                    && row.get("task").equals(panel.task() == null ? "" : panel.task())
                                    && row.get("arm").equals(arm.arm()))
                            .findFirst())
                    .toList();
            List<String> line = new ArrayList<>(List.of(
                    arm.text(),
                    cells.stream()
                            .flatMap(Optional::stream)
                            .map(row -> row.get("seeds"))
                            .findFirst()
                            .orElse("0")));
            for (int i = 0; i < cells.size(); i++) {
                Panel panel = table.panels().get(i);
                line.add(cells.get(i).map(row -> cell(row, panel.show())).orElse("-"));
            }
            lines.add(line(line));
        }
        return lines;
    }

    private static String cell(CSVRecord row, Show show) {
        if (row.get(show.value()).isEmpty()) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                show == Show.DIFFERENCE ? "%+.3f (%+.3f to %+.3f)" : "%.3f (%.3f to %.3f)",
                ChartData.number(row, show.value()),
                ChartData.number(row, show.low()),
                ChartData.number(row, show.high()));
    }

    static List<String> of(AlarmTable table, ChartSpecs specs, ChartData data) throws IOException {
        List<String> lines = new ArrayList<>();
        addHeader(lines, List.of("arm", "runs", table.type(), "first at step", "by", "other alarms"));
        List<CSVRecord> runs = data.rows(specs.data(), "runs").stream()
                .filter(run -> run.get("state").equals("succeeded"))
                .toList();
        List<CSVRecord> raised = data.rows(specs.data(), "alarms").stream()
                .filter(alarm -> !alarm.get("over").equals("true"))
                .toList();
        for (Arm arm : specs.arms(table.only())) {
            List<String> seeds = runs.stream()
                    .filter(run -> run.get("arm").equals(arm.arm()))
                    .map(run -> run.get("seed"))
                    .toList();
            List<CSVRecord> ofArm = raised.stream()
                    .filter(alarm -> alarm.get("arm").equals(arm.arm()) && seeds.contains(alarm.get("seed")))
                    .toList();
            List<CSVRecord> wanted = ofArm.stream()
                    .filter(alarm -> alarm.get("type").equals(table.type()))
                    .toList();
            List<Integer> first = seeds.stream()
                    .map(seed -> wanted.stream()
                            .filter(alarm -> alarm.get("seed").equals(seed))
                            .map(alarm -> Integer.valueOf(alarm.get("step")))
                            .min(Integer::compare))
                    .flatMap(Optional::stream)
                    .sorted()
                    .toList();
            lines.add(line(List.of(
                    arm.text(),
                    String.valueOf(seeds.size()),
                    String.valueOf(first.size()),
                    first.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    wanted.stream()
                            .map(alarm -> alarm.get("task") + ": " + alarm.get("cause"))
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining("; ")),
                    ofArm.stream()
                            .filter(alarm -> !wanted.contains(alarm))
                            .map(alarm -> alarm.get("type"))
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(", ")))));
        }
        return lines;
    }

    private static void addHeader(List<String> lines, List<String> cells) {
        lines.add(line(cells));
        lines.add("|" + "---|".repeat(cells.size()));
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |";
    }
}
