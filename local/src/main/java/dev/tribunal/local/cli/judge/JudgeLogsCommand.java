package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.registry.JudgeLogEntry;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformCommand;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code judge logs}: what happened to a judge lately. */
@Command(
        name = "logs",
        description =
                "Show what happened to a judge, oldest first: calls and failures since the judge service started, its"
                        + " breaker, the gate; with --json one object a line.")
final class JudgeLogsCommand extends PlatformCommand {

    @Parameters(paramLabel = "NAME[@VERSION]", description = "Without a version, the newest that can be used.")
    private String name = "";

    @Option(names = "--failures", description = "Only what went wrong: undecided items and the breaker.")
    private boolean failures;

    JudgeLogsCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        JudgeRegistryApi judges = platform.connect().judges();
        JudgeResource judge = Lookup.judge(judges, name);
        Page<JudgeLogEntry> log = judges.log(judge.name(), judge.version());
        for (JudgeLogEntry entry : log.data()) {
            boolean failure = entry.event().equals("undecided") || entry.event().equals("breaker");
            if (failure || !failures) {
                show(entry, line(entry));
            }
        }
        return ExitCode.SUCCESS;
    }

    private static String line(JudgeLogEntry entry) {
        return String.format(
                Locale.ROOT,
                "%s  %s%s  %s%s",
                entry.time().truncatedTo(ChronoUnit.SECONDS),
                Paint.state(entry.event()),
                " ".repeat(Math.max(0, 10 - entry.event().length())),
                entry.message(),
                entry.latencyMs() == null ? "" : " (at most " + entry.latencyMs() + " ms)");
    }
}
