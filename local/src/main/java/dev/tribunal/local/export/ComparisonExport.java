package dev.tribunal.local.export;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Arm;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Curve;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Result;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.SeedRun;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.watch.RunMetrics;
import dev.tribunal.methods.statistics.Estimate;
import dev.tribunal.servicekit.input.Words;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as CSV files, which charts are drawn from and anybody can read.
 *
 * <pre>
 * NAME.results.csv     at the last evaluation, with intervals over seeds and prompts
 * NAME.curves.csv      over the steps, with intervals over seeds
 * NAME.seeds.csv       at the end of each run: held-out metrics by task, and what stages measured
 * NAME.runs.csv        how each run ended
 * NAME.alarms.csv      when each alarm was raised, and when it was over
 * </pre>
 *
 * Numbers have five digits that count.
 */
public final class ComparisonExport {

    private static final MathContext DIGITS = new MathContext(5);
    private static final int PAGE = 200;
    private static final String HELD_OUT = "heldOut.";

    private final RunsApi runs;
    private final ComparisonResource comparison;

    public ComparisonExport(RunsApi runs, ComparisonResource comparison) {
        this.runs = runs;
        this.comparison = comparison;
    }

    /**
     * @param folder made if it does not exist; files of the same name are overwritten
     * @return the files
     */
    public List<Path> write(Path folder) throws IOException {
        Files.createDirectories(folder);
        return List.of(
                write(folder, "results", results()),
                write(folder, "curves", curves()),
                write(folder, "seeds", seeds()),
                write(folder, "runs", runs()),
                write(folder, "alarms", alarms()));
    }

    private Path write(Path folder, String what, String text) throws IOException {
        return Files.writeString(folder.resolve(comparison.name() + "." + what + ".csv"), text);
    }

    private String results() {
        Table table = new Table(
                "metric",
                "task",
                "arm",
                "seeds",
                "before",
                "beforeLow",
                "beforeHigh",
                "value",
                "low",
                "high",
                "difference",
                "differenceLow",
                "differenceHigh");
        for (Result result : comparison.results()) {
            List<Object> row =
                    new ArrayList<>(List.of(result.metric(), orEmpty(result.task()), result.arm(), result.seeds()));
            add(row, result.before());
            add(row, result.value());
            add(row, result.difference());
            table.add(row);
        }
        return table.text();
    }

    private static void add(List<Object> row, @Nullable Estimate estimate) {
        row.add(estimate == null ? "" : rounded(estimate.value()));
        row.add(estimate == null ? "" : rounded(estimate.low()));
        row.add(estimate == null ? "" : rounded(estimate.high()));
    }

    private String curves() {
        Table table = new Table("metric", "task", "arm", "step", "value", "low", "high", "seeds");
        for (Curve curve : comparison.curves()) {
            for (int i = 0; i < curve.steps().size(); i++) {
                table.add(List.of(
                        curve.metric(),
                        orEmpty(curve.task()),
                        curve.arm(),
                        curve.steps().get(i),
                        rounded(curve.values().get(i)),
                        rounded(curve.low().get(i)),
                        rounded(curve.high().get(i)),
                        curve.seeds().get(i)));
            }
        }
        return table.text();
    }

    private String seeds() {
        Table table = new Table("arm", "seed", "stage", "task", "metric", "value");
        forEachRun((arm, run) -> {
            List<String> asked = comparison.results().stream()
                    .map(Result::metric)
                    .distinct()
                    .filter(metric -> metric.startsWith(HELD_OUT))
                    .toList();
            if (!asked.isEmpty()) {
                for (MetricSeries series : RunMetrics.of(runs, run.run(), asked, null)) {
                    table.add(List.of(
                            arm.name(),
                            run.seed(),
                            "",
                            orEmpty(series.task()),
                            series.name(),
                            rounded(series.values().getLast())));
                }
            }
            for (Artifact artifact : runs.get(run.run()).artifacts()) {
                artifact.metrics()
                        .forEach((metric, value) -> table.add(
                                List.of(arm.name(), run.seed(), artifact.stage(), "", metric, rounded(value))));
            }
        });
        return table.text();
    }

    private String runs() {
        Table table = new Table("arm", "seed", "state", "step", "steps", "samples", "stepsWithoutUpdate", "reason");
        forEachRun((arm, run) -> table.add(List.of(
                arm.name(),
                run.seed(),
                Words.of(run.state()),
                run.step(),
                run.steps(),
                run.samples(),
                run.stepsWithoutUpdate(),
                orEmpty(run.terminalReason()))));
        return table.text();
    }

    private String alarms() {
        Table table = new Table("arm", "seed", "type", "task", "cause", "step", "over");
        forEachRun((arm, run) -> events(run.run()).stream()
                .filter(event -> event.type().equals("alarm"))
                .map(RunEvent::data)
                .forEach(alarm -> table.add(List.of(
                        arm.name(),
                        run.seed(),
                        Objects.requireNonNullElse(alarm.get("type"), ""),
                        Objects.requireNonNullElse(alarm.get("task"), ""),
                        cause(alarm),
                        Objects.requireNonNullElse(alarm.get("step"), ""),
                        Objects.requireNonNullElse(alarm.get("over"), "")))));
        return table.text();
    }

    /** The held-out metric that an alarm's evidence has with its value before, else the judge. */
    private static Object cause(Map<String, Object> alarm) {
        Object judge = Objects.requireNonNullElse(alarm.get("judge"), "");
        return alarm.get("evidence") instanceof Map<?, ?> evidence
                ? evidence.keySet().stream()
                        .map(String::valueOf)
                        .filter(name -> name.startsWith(HELD_OUT) && evidence.containsKey(name + ".before"))
                        .findFirst()
                        .map(Object.class::cast)
                        .orElse(judge)
                : judge;
    }

    private List<RunEvent> events(String run) {
        List<RunEvent> events = new ArrayList<>();
        Page<RunEvent> page;
        do {
            page = runs.events(run, events.isEmpty() ? 0 : events.getLast().sequence(), PAGE);
            events.addAll(page.data());
        } while (page.hasMore());
        return events;
    }

    @FunctionalInterface
    private interface OfRun {
        void take(Arm arm, SeedRun run);
    }

    private void forEachRun(OfRun action) {
        for (Arm arm : comparison.arms()) {
            for (SeedRun run : arm.runs()) {
                action.take(arm, run);
            }
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String rounded(double value) {
        return Double.isFinite(value)
                ? new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString()
                : String.valueOf(value);
    }

    /** CSV (RFC 4180), with line feeds. */
    private static final class Table {

        private final StringWriter text = new StringWriter();
        private final CSVPrinter csv;

        Table(String... header) {
            CSVFormat format = CSVFormat.RFC4180
                    .builder()
                    .setRecordSeparator('\n')
                    .setHeader(header)
                    .get();
            try {
                csv = new CSVPrinter(text, format);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void add(List<?> row) {
            try {
                csv.printRecord(row);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String text() {
            return text.toString();
        }
    }
}
