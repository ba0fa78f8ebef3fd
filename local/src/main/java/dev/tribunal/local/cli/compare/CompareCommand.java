package dev.tribunal.local.cli.compare;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Arm;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns.ArmRun;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.local.cli.screen.Goodbye;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.local.export.ComparisonExport;
import dev.tribunal.local.platform.Platform;
import dev.tribunal.local.watch.ComparisonWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tribunal compare}: trains variants of a spec with several seeds each, and compares them. */
@Command(
        name = "compare",
        description =
                "Train variants of a spec with several seeds each, and compare them on held-out prompts. Asked again,"
                        + " it goes on with the runs that are there. Without a platform, it starts one for as long as it takes.")
public final class CompareCommand extends PlatformCommand {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int POINTS = 200;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "A comparison that there is: shows how it stands, creates nothing.")
    private @Nullable String name;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "COMPARISON",
            description = "YAML or JSON: a base spec, or the name of its file, arms and seeds; - is standard input.")
    private @Nullable Path file;

    @Option(names = "--seeds", paramLabel = "N", description = "Seeds 1 to N for each arm; default the file's.")
    private @Nullable Integer seeds;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = "What is shown, for example heldOut.kl; may be given several times. Default the file's.")
    private List<String> metrics = List.of();

    @Option(names = "--base", paramLabel = "ARM", description = "With whom the others are compared; default the first.")
    private @Nullable String base;

    @Option(names = "--dry-run", description = "Check the specs of all arms; create nothing.")
    private boolean dryRun;

    @Option(names = "--cancel", description = "End the comparison's runs at once; their committed steps are kept.")
    private boolean cancel;

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description = "Of a comparison that there is: writes results, curves, runs and alarms as CSV files, which"
                    + " ./tribunal charts draws.")
    private @Nullable Path export;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public CompareCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if ((name == null) == (file == null)) {
            throw new ParameterException(
                    spec.commandLine(), "give either a file with -f, or the name of a comparison that there is");
        }
        if (name != null && (seeds != null || dryRun) || file != null && (cancel || export != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    file == null
                            ? "--seeds and --dry-run are for -f"
                            : "--cancel and --export are for a comparison's name");
        }
        if (name != null) {
            return ofName(platform.connect(), name);
        }
        ObjectNode comparison = read(Objects.requireNonNull(file, "there is no name"));
        if (platform.given()) {
            return run(platform.connect(), comparison, "They go on.");
        }
        try (Platform started = StartedPlatform.start(platform.home(), 0, false, out())) {
            return run(
                    new PlatformClient(started.address()),
                    comparison,
                    "They go on when this is asked again, or when ./tribunal up runs.");
        }
    }

    private int ofName(PlatformClient client, String comparison) throws IOException {
        if (cancel) {
            ComparisonRuns cancelled = client.comparisons().cancel(comparison);
            show(cancelled, cancelled.runs().size() + " runs of " + comparison + " are cancelled");
            return ExitCode.SUCCESS;
        }
        ComparisonResource found = client.comparisons().get(comparison, metrics, base, POINTS);
        if (export != null) {
            List<String> files = new ComparisonExport(client.runs(), found)
                    .write(export).stream().map(Path::toString).toList();
            show(files, () -> files);
            return ExitCode.SUCCESS;
        }
        show(found, () -> ComparisonReport.lines(found));
        return ExitCode.SUCCESS;
    }

    /** The file, with the base in it. */
    private ObjectNode read(Path from) {
        ObjectNode comparison = SpecFile.read(from);
        JsonNode written = comparison.path("base");
        if (written.isString()) {
            comparison.set("base", SpecFile.read(from.resolveSibling(written.stringValue())));
        }
        if (seeds != null) {
            comparison.put("seeds", seeds);
        }
        return comparison;
    }

    private int run(PlatformClient client, ObjectNode comparison, String whatBecomesOfThem)
            throws InterruptedException {
        ComparisonRuns runs = Objects.requireNonNull(
                client.comparisons()
                        .create(SpecFile.toJson(comparison), "application/json", dryRun)
                        .getBody(),
                "the platform answered without the runs");
        if (dryRun) {
            show(runs, () -> planned(runs));
            return ExitCode.SUCCESS;
        }
        Screen out = out();
        planned(runs).forEach(out::note);
        try (Goodbye _ = Goodbye.on(
                out,
                "No longer watching " + runs.name() + ". Its runs: " + whatBecomesOfThem
                        + " Look with ./tribunal compare " + runs.name() + "; end them with ./tribunal compare "
                        + runs.name() + " --cancel")) {
            new ComparisonWatcher(client.runs(), out.progress(), out.columns(), PAUSE).watch(runs);
        }
        ComparisonResource result = client.comparisons().get(runs.name(), shown(comparison), base, POINTS);
        show(result, () -> {
            List<String> lines = new ArrayList<>(List.of(""));
            lines.addAll(ComparisonReport.lines(result));
            return lines;
        });
        return exitCode(result);
    }

    private List<String> shown(ObjectNode comparison) {
        return metrics.isEmpty()
                ? comparison
                        .path("metrics")
                        .valueStream()
                        .map(JsonNode::asString)
                        .toList()
                : metrics;
    }

    /** How many runs there are to be, and a budget that is not the same for all arms. */
    private static List<String> planned(ComparisonRuns comparison) {
        List<String> lines = new ArrayList<>();
        List<ArmRun> runs = comparison.runs();
        long arms = runs.stream().map(ArmRun::arm).distinct().count();
        long there = runs.stream().filter(run -> !run.created()).count();
        lines.add(comparison.name() + ": " + arms + (arms == 1 ? " arm, " : " arms, ") + runs.size() + " runs"
                + (there == 0 ? "" : ", of which " + there + " are there already"));
        List<Long> budgets = runs.stream().map(ArmRun::samples).distinct().toList();
        if (budgets.size() == 1) {
            lines.add("each samples " + budgets.getFirst() + " completions in training");
        } else {
            lines.add("the budgets are not equal, of completions that training samples:");
            runs.stream()
                    .map(run -> "  " + run.arm() + "  " + run.samples())
                    .distinct()
                    .forEach(lines::add);
        }
        return lines;
    }

    private static int exitCode(ComparisonResource result) {
        boolean failed = result.arms().stream()
                .map(Arm::runs)
                .flatMap(List::stream)
                .anyMatch(run -> run.state() != RunState.SUCCEEDED);
        boolean doubtful = result.notes().stream().anyMatch(note -> note.type().equals("doubtful"));
        return failed ? ExitCode.FAILURE : doubtful ? ExitCode.DOUBTFUL : ExitCode.SUCCESS;
    }
}
