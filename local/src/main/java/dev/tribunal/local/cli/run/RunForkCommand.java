package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Fork;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.local.cli.shared.SpecFile;
import dev.tribunal.servicekit.input.Words;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code run fork}: a run from another one's checkpoint. */
@Command(
        name = "fork",
        description =
                "Create a run from a checkpoint of another one, with a patch to its spec. Without --state it begins"
                        + " at step 1 with the checkpoint's weights.")
final class RunForkCommand extends RunPartCommand {

    private static final JsonMapper JSON = new JsonMapper();

    @Parameters(index = "1", arity = "0..1", paramLabel = "STEP", description = "Whose checkpoint; default the last.")
    private @Nullable Integer step;

    @Option(
            names = "--state",
            description = "Go on with the next step, with all of the training state: AdamW's moments, the places in the"
                    + " prompt files. The patch may then change only what leaves these valid.")
    private boolean state;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "PATCH",
            description =
                    "YAML or JSON with what is to be another in the spec, and null for what is to be taken away (a"
                            + " JSON merge patch); - is standard input.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description =
                    "One value, for example training.steps=400 or tasks.math.weight=2; may be given several times.")
    private Map<String, String> values = new LinkedHashMap<>();

    @Option(names = "--watch", description = "Show progress until the run ends. Ctrl-C ends the watching only.")
    private boolean watch;

    @Option(names = "--dry-run", description = "Check the patched spec; create nothing.")
    private boolean dryRun;

    RunForkCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        PlatformClient client = platform.connect();
        RunsApi runs = client.runs();
        String parent = run(runs).id();
        ObjectNode fork = JSON.createObjectNode();
        fork.put("kind", Words.of(state ? Fork.STATE : Fork.WEIGHTS));
        if (step != null) {
            fork.put("step", step);
        }
        ObjectNode patch = file == null ? JSON.createObjectNode() : SpecFile.read(file);
        fork.set("patch", values.isEmpty() ? patch : SpecEdits.patch(runs.spec(parent), patch, values));
        RunResource run = RunCommand.body(client.lineage().fork(parent, fork.toString(), "application/json", dryRun));
        if (dryRun || !watch) {
            show(
                    run,
                    dryRun
                            ? "The fork is valid" + from(run)
                            : run.id() + " is " + Paint.state(Words.of(run.state())) + from(run));
            return ExitCode.SUCCESS;
        }
        RunResource ended = WatchedRun.watch(run.id(), runs, out());
        show(ended, () -> RunReport.of(ended, runs).lines());
        return RunReport.exitCode(ended);
    }

    private static String from(RunResource run) {
        Parent parent = run.parent();
        return parent == null
                ? ""
                : ", from " + (parent.kind() == Fork.STATE ? "the state" : "the weights") + " of " + parent.run()
                        + " at step " + parent.step();
    }
}
