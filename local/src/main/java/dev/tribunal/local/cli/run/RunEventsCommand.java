package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run events}: what happened to a run. */
@Command(
        name = "events",
        aliases = "logs",
        description = "Show what happened to a run, oldest first; with --json one object a line.")
final class RunEventsCommand extends RunPartCommand {

    private static final int PAGE = 200;
    private static final long PAUSE_MS = 500;

    @Option(
            names = {"-f", "--follow"},
            description = "Show what follows, too, until the run has ended. Ctrl-C ends the watching only.")
    private boolean follow;

    @Option(names = "--after", paramLabel = "NUMBER", description = "Only events after this number.")
    private long after;

    RunEventsCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        RunsApi runs = platform.connect().runs();
        String run = run(runs).id();
        long seen = after;
        while (true) {
            // Asked before the events are read: those of a run that has ended are then all there.
            boolean last = !follow || runs.get(run).state().terminal();
            Page<RunEvent> page = runs.events(run, seen, PAGE);
            for (RunEvent event : page.data()) {
                show(event, line(event));
                seen = event.sequence();
            }
            if (!page.hasMore() && last) {
                return ExitCode.SUCCESS;
            }
            if (!page.hasMore()) {
                Thread.sleep(PAUSE_MS);
            }
        }
    }

    private static String line(RunEvent event) {
        return String.format(
                Locale.ROOT,
                "%4d  %s  %-10s  %s",
                event.sequence(),
                event.time().truncatedTo(ChronoUnit.SECONDS),
                event.type(),
                event.message());
    }
}
