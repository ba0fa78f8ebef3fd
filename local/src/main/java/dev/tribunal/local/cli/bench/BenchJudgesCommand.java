package dev.tribunal.local.cli.bench;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.tribunal.local.bench.JudgeTimes;
import dev.tribunal.local.bench.JudgeTimes.Case;
import dev.tribunal.local.bench.JudgeTimes.HungJudge;
import dev.tribunal.local.bench.JudgesBench;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.ReportCommand;
import dev.tribunal.local.cli.shared.StartedPlatform;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench judges}: what asking a mixture of judges costs. */
@Command(
        name = "judges",
        description = {
            "Measure the fan-out: a judge service that is started for it, and judges behind HTTP that take 0 ms and"
                    + " 200 ms, then one that hangs.",
            "Every completion is new, so that no verdict comes from the cache."
        })
public final class BenchJudgesCommand extends ReportCommand {

    @Option(names = "--judges", paramLabel = "N", description = "Default ${DEFAULT-VALUE}.")
    private int judges = 5;

    @Option(names = "--items", paramLabel = "N", description = "Completions of a request; default ${DEFAULT-VALUE}.")
    private int items = 64;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            description = "Requests at the same time, four times as many for slow judges; default ${DEFAULT-VALUE}.")
    private int inFlight = 4;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "To measure each case for, after half as many that warm up; default ${DEFAULT-VALUE}.")
    private int seconds = 20;

    BenchJudgesCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        JudgesBench.Plan plan = plan();
        Screen out = out();
        PlatformClient client = new PlatformClient(StartedPlatform.judgesOnly());
        JudgeTimes times = new JudgesBench(client.judges(), client.judgements(), plan).run(out::note);
        show(Report.of(times), () -> lines(times));
        return ExitCode.SUCCESS;
    }

    private JudgesBench.Plan plan() {
        try {
            return new JudgesBench.Plan(judges, items, inFlight, seconds);
        } catch (IllegalArgumentException e) {
            throw new CommandException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The first figures are of the judges that take no time; {@code hungJudgeAddedMillis} once its breaker is open. */
    public record Report(
            double verdictsPerSecond,
            double p99Millis,
            double hungJudgeAddedMillis,
            @JsonUnwrapped JudgeTimes times) {

        public static Report of(JudgeTimes exact) {
            JudgeTimes times = rounded(exact);
            Case quick = times.cases().getFirst();
            return new Report(
                    quick.verdictsPerSecond(),
                    quick.p99Millis(),
                    times.hungJudge().openAddedMillis(),
                    times);
        }

        private static JudgeTimes rounded(JudgeTimes times) {
            HungJudge hung = times.hungJudge();
            return new JudgeTimes(
                    times.judges(),
                    times.itemsOfRequest(),
                    times.cases().stream()
                            .map(one -> new Case(
                                    one.judgeMillis(),
                                    one.inFlight(),
                                    one.requests(),
                                    Math.round(one.verdictsPerSecond()),
                                    rounded(one.p50Millis()),
                                    rounded(one.p99Millis())))
                            .toList(),
                    new HungJudge(
                            hung.deadlineMillis(),
                            rounded(hung.whileWellMillis()),
                            hung.firstAddedMillis().stream()
                                    .map(Report::rounded)
                                    .toList(),
                            rounded(hung.openAddedMillis()),
                            hung.openRequests()));
        }

        private static double rounded(double millis) {
            return Math.round(millis * 10) / 10.0;
        }
    }

    private static List<String> lines(JudgeTimes times) {
        TextTable table = new TextTable("judges take", "in flight", "requests", "verdicts/s", "p50 ms", "p99 ms");
        for (Case one : times.cases()) {
            table.add(
                    one.judgeMillis() + " ms",
                    Integer.toString(one.inFlight()),
                    Integer.toString(one.requests()),
                    number("%.0f", one.verdictsPerSecond()),
                    number("%.1f", one.p50Millis()),
                    number("%.1f", one.p99Millis()));
        }
        List<String> lines = new ArrayList<>(table.lines());
        HungJudge hung = times.hungJudge();
        lines.add("");
        lines.add(times.judges() + " judges, " + times.itemsOfRequest() + " completions a request; times are of a"
                + " request, until all its verdicts are there");
        lines.add("a judge that hangs, with a deadline of " + hung.deadlineMillis() + " ms, adds to a request of "
                + number("%.1f", hung.whileWellMillis()) + " ms: "
                + String.join(
                        ", ",
                        hung.firstAddedMillis().stream()
                                .map(added -> number("%.1f", added))
                                .toList())
                + " ms, then with its breaker open " + number("%.1f", hung.openAddedMillis()) + " ms (median of "
                + hung.openRequests() + ")");
        return lines;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
