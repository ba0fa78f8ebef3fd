package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.CheckpointResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code run checkpoints}. */
@Command(name = "checkpoints", description = "List the run's checkpoints, oldest first.")
final class RunCheckpointsCommand extends RunPartCommand {

    RunCheckpointsCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        Page<CheckpointResource> page = runs.checkpoints(run.id());
        show(page, () -> lines(page.data(), run.bestCheckpoint()));
        return ExitCode.SUCCESS;
    }

    private static List<String> lines(List<CheckpointResource> checkpoints, @Nullable BestCheckpoint best) {
        TextTable table = new TextTable("STEP", "", "STAGE", "CREATED", "DIGEST", "PATH");
        for (CheckpointResource checkpoint : checkpoints) {
            table.add(
                    String.valueOf(checkpoint.step()),
                    best != null && best.step() == checkpoint.step() ? "best" : "",
                    checkpoint.stage(),
                    checkpoint.createdAt().toString(),
                    checkpoint
                            .digest()
                            .substring(0, Math.min(12, checkpoint.digest().length())),
                    checkpoint.path());
        }
        List<String> lines = new ArrayList<>(table.lines());
        if (checkpoints.isEmpty()) {
            lines.add("(there is none yet)");
        }
        if (best != null) {
            lines.add("best: " + best.metric() + " of " + best.task() + " is " + best.value() + " at step "
                    + best.step());
        }
        return lines;
    }
}
