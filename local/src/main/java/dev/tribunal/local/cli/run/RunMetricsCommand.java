package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.local.watch.RunMetrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run metrics}: what was measured. */
@Command(
        name = "metrics",
        description = "Show what was measured, a line for each metric; run export metrics gives each value.")
final class RunMetricsCommand extends RunPartCommand {

    @Option(names = "--name", description = "Only this metric, for example feasibleRate; may be given several times.")
    private @Nullable List<String> names;

    @Option(names = "--task", description = "Only metrics of this task.")
    private @Nullable String task;

    RunMetricsCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        requireTask(run, task);
        List<MetricSeries> all = RunMetrics.of(runs, run.id(), names, task);
        show(all, () -> summary(all));
        return ExitCode.SUCCESS;
    }

    private static List<String> summary(List<MetricSeries> all) {
        TextTable table = new TextTable("TASK", "METRIC", "STEPS", "FIRST", "LAST", "LEAST", "MOST");
        for (MetricSeries series : all) {
            table.add(
                    series.task() == null ? "-" : series.task(),
                    series.name(),
                    series.steps().getFirst() + "-" + series.steps().getLast(),
                    number(series.values().getFirst()),
                    number(series.values().getLast()),
                    number(Collections.min(series.values())),
                    number(Collections.max(series.values())));
        }
        List<String> lines = new ArrayList<>(table.lines());
        if (all.isEmpty()) {
            lines.add("(nothing has been measured yet that is asked for)");
        }
        return lines;
    }

    /** Four digits that count, whatever the size. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
