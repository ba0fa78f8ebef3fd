package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal judge evaluate}: one judge/v1 item a line in, one result a line out, in the same order. */
@Command(
        name = "evaluate",
        description = "Ask one judge about the items of a file; prints one result a line, or with --expected how far it"
                + " says what people say. Where no platform runs, the judges are started for it.")
final class JudgeEvaluateCommand extends AskingCommand {

    @Option(
            names = "--expected",
            paramLabel = "FIELD",
            description =
                    "The field of each line that holds a person's verdict, a dot for each level: satisfied,"
                            + " violated, true, false, 1 or 0; without it, or with skip, a line is asked about and not counted.")
    private @Nullable String expected;

    @Option(
            names = "--satisfied-when",
            paramLabel = "VALUE",
            split = ",",
            description = "The values of that field that mean satisfied; every other then means violated.")
    private @Nullable Set<String> satisfiedWhen;

    @Option(names = "--by", paramLabel = "FIELD", description = "Tell it by this field of the lines, too.")
    private @Nullable String by;

    @Option(names = "--disagreements", description = "Show at most so many; default ${DEFAULT-VALUE}.")
    private int shown = 20;

    JudgeEvaluateCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (expected == null && (by != null || satisfiedWhen != null)) {
            throw usage("--by and --satisfied-when need --expected", null);
        }
        List<ItemLine> lines = lines();
        PeopleComparison people = expected == null ? null : PeopleComparison.of(lines, expected, satisfiedWhen, by);
        Asked asked = asked();
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        long start = System.nanoTime();
        List<Result> results = asked.ask(lines.stream().map(ItemLine::item).toList(), part -> {
            part.forEach(result -> counts.merge(result.verdict(), 1, Integer::sum));
            if (people == null) {
                part.forEach(out()::json);
            }
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        out().forJson()
                .note(String.format(
                        Locale.ROOT,
                        "%s: %d items in %.1f s: %d satisfied, %d violated, %d undecided",
                        asked.name(),
                        lines.size(),
                        seconds,
                        counts.getOrDefault(Verdict.SATISFIED, 0),
                        counts.getOrDefault(Verdict.VIOLATED, 0),
                        counts.getOrDefault(Verdict.UNDECIDED, 0)));
        if (people != null) {
            PeopleComparison.Report report = people.report(asked.name(), results);
            show(report, () -> report.lines(shown));
        }
        return ExitCode.SUCCESS;
    }
}
