package dev.tribunal.local.cli.demo;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.run.RunReport;
import dev.tribunal.local.cli.run.WatchedRun;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.ReportCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.local.platform.Home;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.platform.Project;
import dev.tribunal.local.watch.BeforeAfter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code tribunal demo}: a platform, one run over five tasks, and what it did. */
@Command(
        name = "demo",
        description = "Start a platform, train the embedded model on five tasks, show before and after.")
public final class DemoCommand extends ReportCommand {

    private static final DateTimeFormatter FOLDER_NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd_HH-mm-ss");

    @Option(names = "--keep", description = "Leave the platform up until Ctrl-C.")
    private boolean keep;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "Keeps all data; default a new folder below ~/.tribunal/demo.")
    private @Nullable Path home;

    @Option(names = "--seed", description = "The run's seed; default the spec's.")
    private @Nullable Long seed;

    @Option(names = "--steps", description = "The run's steps; default the spec's.")
    private @Nullable Integer steps;

    @Option(
            names = "--clean",
            description = "Run nothing; delete the folders that demos left below ~/.tribunal/demo, but those in use.")
    private boolean clean;

    public DemoCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (clean) {
            DemoFolders.Cleaned cleaned = DemoFolders.clean(allDemos());
            show(cleaned, cleaned::lines);
            return ExitCode.SUCCESS;
        }
        long started = System.nanoTime();
        Screen out = out();
        ObjectNode spec = spec();
        Path folder = home == null ? freshHome() : home;
        try (Platform platform = StartedPlatform.start(folder, 0, false, out)) {
            RunsApi runs = new PlatformClient(platform.address()).runs();
            RunReport report = RunReport.of(run(spec, runs, out), runs);
            double seconds = Math.round((System.nanoTime() - started) / 1e8) / 10.0;
            if (keep) {
                StartedPlatform.describe(platform, out);
            }
            if (json) {
                out.json(Result.of(report, seconds, runs));
            } else {
                out.print("");
                out.print(report.lines());
                out.print(whereToLook(platform, folder, report, seconds));
            }
            out.note(DemoFolders.sizes(folder, allDemos()));
            if (keep) {
                out.note("Ctrl-C stops the platform.");
                new CountDownLatch(1).await();
            }
            return report.exitCode();
        }
    }

    private static RunResource run(ObjectNode spec, RunsApi runs, Screen out) throws InterruptedException {
        RunResource run = Objects.requireNonNull(runs.create(SpecFile.toJson(spec), "application/json", false, null)
                .getBody());
        out.note("Submitted examples/demo.yaml through the gateway: " + run.id());
        return WatchedRun.watchOnly(run.id(), runs, out);
    }

    private ObjectNode spec() {
        ObjectNode spec = SpecFile.read(Project.example("demo.yaml"));
        if (seed != null) {
            spec.withObject("training").put("seed", seed);
        }
        if (steps != null) {
            spec.withObject("training").put("steps", steps);
        }
        return spec;
    }

    private static Path freshHome() {
        return allDemos().resolve(FOLDER_NAME.format(LocalDateTime.now(ZoneId.systemDefault())));
    }

    private static Path allDemos() {
        return Home.defaultFolder().resolve("demo");
    }

    private List<String> whereToLook(Platform platform, Path folder, RunReport report, double seconds) {
        String run = "/v1/runs/" + report.runId();
        String page = "/#/runs/" + report.runId();
        return List.of(
                String.format("%.0f seconds in all.", seconds),
                keep
                        ? "The platform stays up: " + platform.address().url() + page
                        : "Look around again with: ./tribunal up --home '" + folder + "'",
                "  the run's page    " + page,
                "  its rollouts      " + page + "/episodes, and " + run + "/episodes",
                "  its figures       " + run + "/metrics/columns");
    }

    /**
     * What {@code --json} prints.
     *
     * @param seconds from the start of the platform to the end of the run
     * @param episodes stored rollouts, of training and of evaluation
     * @param alarms that were raised, also those that were over before the end
     */
    record Result(
            String runId,
            RunState state,
            double seconds,
            long episodes,
            List<BeforeAfter> tasks,
            @Nullable String checkpoint,
            long seed,
            @Nullable String terminalReason,
            List<String> alarms) {

        static Result of(RunReport report, double seconds, RunsApi runs) {
            return new Result(
                    report.runId(),
                    report.state(),
                    seconds,
                    Episodes.count(report.runId(), runs),
                    report.tasks(),
                    report.checkpoint(),
                    Objects.requireNonNull(runs.spec(report.runId()).training(), "the demo is one stage")
                            .seed(),
                    report.terminalReason(),
                    Alarms.raised(report.runId(), runs));
        }
    }
}
