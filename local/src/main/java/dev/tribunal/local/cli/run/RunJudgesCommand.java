package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.run.JudgeStatistics;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.Agreement;
import dev.tribunal.contracts.runs.v1.run.JudgeStatistics.TaskVerdicts;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run judges}: what each judge of a run did. */
@Command(
        name = "judges",
        description = "Show what each judge of a run did: verdicts by task, causes, latency, agreement.")
final class RunJudgesCommand extends RunPartCommand {

    @Option(names = "--task", description = "Only completions of this task.")
    private @Nullable String task;

    @Option(names = "--split", description = "Only train or held-out completions.")
    private @Nullable String split;

    @Option(names = "--from-step", description = "Only completions from this step on; default ${DEFAULT-VALUE}.")
    private int fromStep = 0;

    RunJudgesCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        requireTask(run, task);
        List<JudgeStatistics> judges = runs.judges(run.id(), task, split, fromStep, null);
        show(judges, () -> lines(judges));
        return ExitCode.SUCCESS;
    }

    private static List<String> lines(List<JudgeStatistics> judges) {
        TextTable table = new TextTable(
                "JUDGE", "TASK", "SATISFIED", "VIOLATED", "UNDECIDED", "NOT ASKED", "P50", "P99", "BREAKER");
        List<String> more = new ArrayList<>();
        for (JudgeStatistics judge : judges) {
            String name = judge.judge() + "@" + judge.version();
            for (TaskVerdicts of : judge.tasks()) {
                table.add(
                        name,
                        of.task(),
                        share(of.satisfied(), of),
                        share(of.violated(), of),
                        share(of.undecided(), of),
                        share(of.notAsked(), of),
                        judge.latency() == null
                                ? "-"
                                : milliseconds(judge.latency().p50Ms()),
                        judge.latency() == null
                                ? "-"
                                : milliseconds(judge.latency().p99Ms()),
                        judge.breaker() == null ? "-" : judge.breaker());
            }
            judge.undecided().forEach((cause, count) -> more.add(name + " undecided, " + cause + ": " + count));
            judge.agreement().stream() // both of a pair have it
                    .filter(other -> name.compareTo(other.judge() + "@" + other.version()) < 0)
                    .forEach(other -> more.add(name + " and " + sentence(other)));
        }
        List<String> lines = new ArrayList<>(table.lines());
        if (judges.isEmpty()) {
            lines.add("(no verdicts are stored)");
        }
        lines.addAll(more);
        return lines;
    }

    private static String sentence(Agreement other) {
        String agree = String.format(
                Locale.ROOT,
                "%s@%s agree on %.0f %% of %d",
                other.judge(),
                other.version(),
                100.0 * other.same() / other.decided(),
                other.decided());
        return other.kappa() == null ? agree : agree + String.format(Locale.ROOT, ", kappa %.2f", other.kappa());
    }

    private static String share(long count, TaskVerdicts of) {
        long all = of.satisfied() + of.violated() + of.undecided() + of.notAsked();
        return String.format(Locale.ROOT, "%d (%.0f %%)", count, 100.0 * count / all);
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.0f ms", value);
    }
}
