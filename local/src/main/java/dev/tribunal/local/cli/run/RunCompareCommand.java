package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.lineage.RunDifferences.Difference;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Intervals;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code run compare}: what differs between runs, and what came of it. */
@Command(
        name = "compare",
        description =
                "Show what differs between the specs of runs, and their last figures side by side: of the held-out"
                        + " prompts with 95 %% intervals, of training as the last step had them.")
final class RunCompareCommand extends PlatformCommand {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int WIDEST = 60;

    /** Figures of training that say how a run went; what else is measured is in {@code run metrics}. */
    private static final List<String> SHOWN = List.of(
            MetricNames.SCORE,
            MetricNames.REWARD,
            MetricNames.CALIBRATED_REWARD,
            MetricNames.FEASIBLE_RATE,
            MetricNames.UNDECIDED_RATE,
            MetricNames.VIOLATION_RATE,
            MetricNames.KL,
            MetricNames.LOSS,
            MetricNames.COMPLETION_TOKENS,
            MetricNames.TRUNCATED_RATE);

    private static final String HELD_OUT = "heldOut.";

    @Parameters(
            arity = "2..*",
            paramLabel = "RUN",
            description = "Two runs or more, each by its id or the beginning of it.")
    private List<String> ids = List.of();

    RunCompareCommand(Screen screen) {
        super(screen);
    }

    /**
     * What {@code --json} prints; values are in the order of the runs, and null where a run has none.
     */
    record Compared(List<RunResource> runs, List<SpecValues> differences, List<MetricValues> metrics) {}

    /** @param pointer into the resolved spec */
    record SpecValues(String pointer, List<@Nullable Object> values) {}

    record MetricValues(@Nullable String task, String name, List<@Nullable Measured> values) {}

    /** @param low the lower end of the 95 % interval, {@code high} the upper one; of held-out figures */
    record Measured(
            int step,
            double value,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Integer prompts) {}

    @Override
    public Integer call() {
        PlatformClient client = platform.connect();
        RunsApi runs = client.runs();
        List<RunResource> compared =
                ids.stream().map(id -> Lookup.run(runs, id)).toList();
        Compared all = new Compared(compared, differences(client, compared), metrics(runs, compared));
        show(all, () -> lines(all));
        return ExitCode.SUCCESS;
    }

    private static List<SpecValues> differences(PlatformClient client, List<RunResource> runs) {
        String first = runs.getFirst().id();
        Map<String, List<@Nullable Object>> values = new LinkedHashMap<>();
        for (int i = 1; i < runs.size(); i++) {
            for (Difference difference :
                    client.lineage().differences(first, runs.get(i).id()).differences()) {
                values.computeIfAbsent(
                                difference.pointer(),
                                pointer -> new ArrayList<>(Collections.nCopies(runs.size(), difference.value())))
                        .set(i, difference.otherValue());
            }
        }
        return values.entrySet().stream()
                .map(value -> new SpecValues(value.getKey(), value.getValue()))
                .toList();
    }

    private record Key(String task, String name) {}

    private record Point(int step, double value) {}

    private static List<MetricValues> metrics(RunsApi runs, List<RunResource> compared) {
        Map<Key, @Nullable Measured[]> values = new TreeMap<>(Comparator.comparing(Key::task)
                .thenComparing((Key key) -> !key.name().startsWith(HELD_OUT))
                .thenComparing(Key::name));
        for (int i = 0; i < compared.size(); i++) {
            Map<Key, Point> last = new HashMap<>();
            for (MetricSeries series : runs.metrics(compared.get(i).id(), null, null, null, RunsApi.MIN_THINNED)
                    .series()) {
                if (!series.steps().isEmpty()) {
                    last.put(
                            new Key(series.task() == null ? "" : series.task(), series.name()),
                            new Point(series.steps().getLast(), series.values().getLast()));
                }
            }
            for (Map.Entry<Key, Point> metric : last.entrySet()) {
                if (isShown(metric.getKey().name())) {
                    values.computeIfAbsent(metric.getKey(), key -> new Measured[compared.size()])[i] =
                            measured(metric.getKey(), metric.getValue(), last);
                }
            }
        }
        return values.entrySet().stream()
                .map(metric -> new MetricValues(
                        metric.getKey().task().isEmpty()
                                ? null
                                : metric.getKey().task(),
                        metric.getKey().name(),
                        Arrays.asList(metric.getValue())))
                .toList();
    }

    private static boolean isShown(String name) {
        String plain = name.startsWith(HELD_OUT) ? name.substring(HELD_OUT.length()) : name;
        return Stream.concat(MetricNames.INTERVAL.stream(), MetricNames.SPREAD.stream())
                        .noneMatch(name::endsWith)
                && SHOWN.stream().anyMatch(shown -> plain.equals(shown) || plain.startsWith(shown + "."));
    }

    private static Measured measured(Key key, Point point, Map<Key, Point> last) {
        Double prompts = value(key, MetricNames.PROMPTS, point.step(), last);
        return new Measured(
                point.step(),
                point.value(),
                value(key, MetricNames.LOW, point.step(), last),
                value(key, MetricNames.HIGH, point.step(), last),
                prompts == null ? null : prompts.intValue());
    }

    private static @Nullable Double value(Key key, String what, int step, Map<Key, Point> last) {
        Point point = last.get(new Key(key.task(), key.name() + what));
        return point == null || point.step() != step ? null : (Double) point.value();
    }

    private static List<String> lines(Compared all) {
        List<String> lines = new ArrayList<>();
        TextTable runs = table("RUN", all.runs());
        runs.add(cells("name", all.runs(), RunResource::name));
        runs.add(cells("state", all.runs(), run -> Paint.state(Words.of(run.state()))));
        runs.add(cells("step", all.runs(), run -> run.step() + "/" + run.steps()));
        lines.addAll(runs.lines());
        lines.add("");
        if (all.differences().isEmpty()) {
            lines.add("Their specs are the same.");
        } else {
            TextTable specs = table("SPEC", all.runs());
            all.differences()
                    .forEach(difference ->
                            specs.add(cells(difference.pointer(), difference.values(), RunCompareCommand::text)));
            lines.addAll(specs.lines());
        }
        lines.add("");
        TextTable metrics = table("METRIC", all.runs());
        all.metrics()
                .forEach(metric -> metrics.add(cells(
                        (metric.task() == null ? "" : metric.task() + " ") + metric.name(),
                        metric.values(),
                        RunCompareCommand::text)));
        lines.addAll(all.metrics().isEmpty() ? List.of("(nothing is measured yet)") : metrics.lines());
        return lines;
    }

    private static TextTable table(String first, List<RunResource> runs) {
        return new TextTable(cells(first, runs, RunResource::id));
    }

    private interface Cell<T> {
        String of(T value);
    }

    private static <T extends @Nullable Object> String[] cells(String first, List<T> values, Cell<T> cell) {
        List<String> cells = new ArrayList<>(List.of(first));
        values.forEach(value -> cells.add(cell.of(value)));
        return cells.toArray(String[]::new);
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "-";
        }
        String text = value instanceof String string ? string : JSON.writeValueAsString(value);
        return text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + "\u2026";
    }

    private static String text(@Nullable Measured measured) {
        if (measured == null) {
            return "-";
        }
        String value = Intervals.number(measured.value());
        return measured.low() == null || measured.high() == null
                ? value
                : value + " (" + Intervals.between(measured.low(), measured.high(), Intervals::number) + ", n="
                        + measured.prompts() + ")";
    }
}
