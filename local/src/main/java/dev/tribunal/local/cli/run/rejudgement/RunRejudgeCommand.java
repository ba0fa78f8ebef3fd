package dev.tribunal.local.cli.run.rejudgement;

import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementResource.State;
import dev.tribunal.contracts.runs.v1.rejudgement.RejudgementsApi;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.local.cli.screen.Goodbye;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.JudgeParameters;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.RunPartCommand;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code run rejudge}: what another judge, version or threshold would have made of a run. */
@Command(
        name = "rejudge",
        description = "Judge stored completions of a run again, by another judge, version or threshold, and show which"
                + " verdicts, rewards and weights would have been others. Nothing of the run is changed.")
public final class RunRejudgeCommand extends RunPartCommand {

    private static final JsonMapper JSON = new JsonMapper();
    private static final long PAUSE_MS = 500;
    private static final long TELL_MS = 5000;

    @Option(
            names = "--judge",
            required = true,
            paramLabel = "NAME[@VERSION]",
            description = "Without a version, the one that the run has pinned, else the latest.")
    private String judge = "";

    @Option(
            names = "--replaces",
            paramLabel = "NAME",
            description =
                    "The run's judge in whose place it judges, in the tasks that have it; default the one of the same name."
                            + " If no task has it, it stands beside the judges of all tasks.")
    private @Nullable String replaces;

    @Option(
            names = {"-p", "--parameter"},
            paramLabel = "KEY=VALUE",
            description =
                    "In place of what the run gives it, for example reading=loose; the value is JSON, or else a text.")
    private Map<String, String> parameters = Map.of();

    @Option(
            names = "--threshold",
            description =
                    "The least score of a satisfied completion. With the run's own judge and parameters, the stored"
                            + " scores are taken and nobody is asked.")
    private @Nullable Double threshold;

    @Option(names = "--task", description = "Only rollouts of this task.")
    private @Nullable String task;

    @Option(names = "--step", description = "Only rollouts of this step.")
    private @Nullable Integer step;

    @Option(names = "--split", description = "Only train or held-out rollouts.")
    private @Nullable String split;

    @Option(names = "--no-wait", description = "Do not wait for the result.")
    private boolean noWait;

    public RunRejudgeCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        PlatformClient client = platform.connect();
        RunResource run = run(client.runs());
        requireTask(run, task);
        RejudgementsApi api = client.rejudgements();
        RejudgementResource rejudgement = Objects.requireNonNull(
                api.create(run.id(), request(), "application/json").getBody(), "the platform answers with it");
        if (noWait) {
            show(
                    rejudgement,
                    rejudgement.id() + " is queued; see it with: ./tribunal run rejudgements " + run.id() + " "
                            + rejudgement.id());
            return ExitCode.SUCCESS;
        }
        RejudgementResource ended = await(api, rejudgement);
        show(ended, () -> RejudgementReports.whole(ended));
        return ended.state() == State.SUCCEEDED ? ExitCode.SUCCESS : ExitCode.FAILURE;
    }

    private String request() {
        ObjectNode request = JSON.createObjectNode().put("judge", judge);
        request.set("parameters", JSON.valueToTree(JudgeParameters.values(parameters)));
        if (replaces != null) {
            request.put("replaces", replaces);
        }
        if (threshold != null) {
            request.put("threshold", threshold);
        }
        if (task != null) {
            request.put("task", task);
        }
        if (step != null) {
            request.put("step", step);
        }
        if (split != null) {
            request.put("split", split);
        }
        return request.toString();
    }

    private RejudgementResource await(RejudgementsApi api, RejudgementResource first) throws InterruptedException {
        Screen out = out();
        try (Goodbye _ = Goodbye.on(
                out,
                "No longer waiting; it goes on. See it with: ./tribunal run rejudgements " + first.run() + " "
                        + first.id())) {
            RejudgementResource now = first;
            long told = System.currentTimeMillis();
            while (!now.state().terminal()) {
                Thread.sleep(PAUSE_MS);
                now = api.get(first.run(), first.id());
                if (System.currentTimeMillis() - told >= TELL_MS && !now.state().terminal()) {
                    out.note(now.done() + " of " + now.total() + " completions are judged");
                    told = System.currentTimeMillis();
                }
            }
            return now;
        }
    }
}
