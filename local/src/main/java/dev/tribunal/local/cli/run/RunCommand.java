package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.run.export.RunDownloadCommand;
import dev.tribunal.local.cli.run.export.RunExportCommand;
import dev.tribunal.local.cli.run.rejudgement.RunRejudgeCommand;
import dev.tribunal.local.cli.run.rejudgement.RunRejudgementsCommand;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.watch.Doubts;
import dev.tribunal.servicekit.input.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code tribunal run}: create runs, watch and steer them. */
@Command(name = "run", description = "Create runs, look at them, steer them.")
public final class RunCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RunCommand())
                .addSubcommand(new Apply(screen))
                .addSubcommand(new ListRuns(screen))
                .addSubcommand(new Get(screen))
                .addSubcommand(new RunEventsCommand(screen))
                .addSubcommand(new RunEpisodesCommand(screen))
                .addSubcommand(new RunMetricsCommand(screen))
                .addSubcommand(new RunJudgesCommand(screen))
                .addSubcommand(new RunLabelsCommand(screen))
                .addSubcommand(new RunSpecCommand(screen))
                .addSubcommand(new RunCheckpointsCommand(screen))
                .addSubcommand(new RunDownloadCommand(screen))
                .addSubcommand(new RunForkCommand(screen))
                .addSubcommand(new RunLineageCommand(screen))
                .addSubcommand(new RunCompareCommand(screen))
                .addSubcommand(new RunSelectionsCommand(screen))
                .addSubcommand(new RunRejudgeCommand(screen))
                .addSubcommand(new RunRejudgementsCommand(screen))
                .addSubcommand(RunExportCommand.commandLine(screen))
                .addSubcommand(new Cancel(screen))
                .addSubcommand(new Pause(screen))
                .addSubcommand(new Resume(screen))
                .addSubcommand(new RunDeleteCommand(screen));
    }

    /** {@code run apply}: a spec file becomes a run. */
    @Command(name = "apply", description = "Create a run from a spec file.")
    static final class Apply extends PlatformCommand {

        @Option(
                names = {"-f", "--file"},
                required = true,
                paramLabel = "SPEC",
                description = "YAML or JSON; - is standard input. Relative hf: and file: references are taken from its"
                        + " folder.")
        private Path file = Path.of("");

        @Option(names = "--watch", description = "Show progress until the run ends. Ctrl-C ends the watching only.")
        private boolean watch;

        @Option(names = "--dry-run", description = "Check the spec, with every judge and reward model; create nothing.")
        private boolean dryRun;

        Apply(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() throws InterruptedException {
            Screen out = out();
            PlatformClient client = platform.connect();
            RunsApi runs = client.runs();
            ObjectNode spec = SpecFile.read(file);
            RunResource run = body(runs.create(SpecFile.toJson(spec), "application/json", dryRun, null));
            run.conditions().forEach(condition -> out.note("warning: " + condition.message()));
            NewJudges.hint(spec, client, run.id()).ifPresent(out::note);
            if (dryRun || !watch) {
                show(run, dryRun ? "The spec is valid." : run.id() + " is " + Paint.state(Words.of(run.state())));
                return ExitCode.SUCCESS;
            }
            RunResource ended = WatchedRun.watch(run.id(), runs, out);
            show(ended, () -> RunReport.of(ended, runs).lines());
            return RunReport.exitCode(ended);
        }
    }

    /** {@code run list}. */
    @Command(name = "list", description = "List runs, the newest first.")
    static final class ListRuns extends PlatformCommand {

        @Option(names = "--state", description = "Only runs in this state, for example running.")
        private @Nullable String state;

        @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Only runs with this label.")
        private @Nullable String label;

        @Option(names = "--judge", paramLabel = "NAME@VERSION", description = "Only runs that pin this judge.")
        private @Nullable String judge;

        @Option(names = "--limit", description = "At most so many; default ${DEFAULT-VALUE}.")
        private int limit = 50;

        ListRuns(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() {
            Page<RunResource> page = platform.connect().runs().list(state, label, judge, null, null, limit);
            show(page, () -> lines(page));
            return ExitCode.SUCCESS;
        }

        private static List<String> lines(Page<RunResource> page) {
            TextTable table = new TextTable("ID", "NAME", "STATE", "STEP", "CREATED", "ALARMS");
            for (RunResource run : page.data()) {
                table.add(
                        run.id(),
                        run.name(),
                        Paint.state(Words.of(run.state())),
                        run.step() + "/" + run.steps(),
                        run.createdAt().toString(),
                        Doubts.inShort(run));
            }
            List<String> lines = new ArrayList<>(table.lines());
            if (page.hasMore()) {
                lines.add("(there are more; raise --limit)");
            }
            return lines;
        }
    }

    /** {@code run get}. */
    @Command(name = "get", description = "Show one run.")
    static final class Get extends RunPartCommand {

        @Option(names = "--watch", description = "Show progress until the run ends. Ctrl-C ends the watching only.")
        private boolean watch;

        Get(Screen screen) {
            super(screen);
        }

        @Override
        public Integer call() throws InterruptedException {
            Screen out = out();
            RunsApi runs = platform.connect().runs();
            RunResource run = run(runs);
            if (watch) {
                run = WatchedRun.watch(run.id(), runs, out);
            }
            RunResource found = run;
            show(found, () -> RunReport.of(found, runs).lines());
            return watch ? RunReport.exitCode(found) : ExitCode.SUCCESS;
        }
    }

    /** What pause, resume and cancel have in common. */
    private abstract static class Steering extends RunPartCommand {

        Steering(Screen screen) {
            super(screen);
        }

        abstract ResponseEntity<RunResource> steer(RunsApi runs, String id);

        @Override
        public Integer call() {
            RunsApi runs = platform.connect().runs();
            RunResource run = body(steer(runs, run(runs).id()));
            show(run, run.id() + " is " + Words.of(run.state()));
            return ExitCode.SUCCESS;
        }
    }

    @Command(name = "cancel", description = "End a run at once; its committed steps are kept.")
    static final class Cancel extends Steering {

        Cancel(Screen screen) {
            super(screen);
        }

        @Override
        ResponseEntity<RunResource> steer(RunsApi runs, String id) {
            return runs.cancel(id);
        }
    }

    @Command(
            name = "pause",
            description = "Pause a run; a step that is still sampling or waiting begins again afterwards.")
    static final class Pause extends Steering {

        Pause(Screen screen) {
            super(screen);
        }

        @Override
        ResponseEntity<RunResource> steer(RunsApi runs, String id) {
            return runs.pause(id);
        }
    }

    @Command(name = "resume", description = "Go on with a paused run.")
    static final class Resume extends Steering {

        Resume(Screen screen) {
            super(screen);
        }

        @Override
        ResponseEntity<RunResource> steer(RunsApi runs, String id) {
            return runs.resume(id);
        }
    }

    static RunResource body(ResponseEntity<RunResource> response) {
        return Objects.requireNonNull(response.getBody(), "the platform answered without a run");
    }
}
