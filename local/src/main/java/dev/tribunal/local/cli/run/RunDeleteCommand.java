package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.RunPartCommand;
import dev.tribunal.servicekit.input.Words;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run delete}. */
@Command(name = "delete", description = "Delete a run that has ended, with its episodes, metrics and checkpoints.")
final class RunDeleteCommand extends RunPartCommand {

    @Option(names = "--yes", description = "Do it. Nothing brings a deleted run back.")
    private boolean yes;

    RunDeleteCommand(Screen screen) {
        super(screen);
    }

    /** What {@code --json} prints. */
    record Deleted(String id, boolean deleted) {}

    @Override
    public Integer call() {
        RunsApi runs = platform.connect().runs();
        RunResource run = run(runs);
        if (!yes) {
            throw new CommandException("this would delete " + run.id() + " (" + run.name() + ", "
                    + Words.of(run.state()) + " at step " + run.step() + "/" + run.steps()
                    + ") with its episodes, metrics and checkpoints, for good; add --yes to do it");
        }
        runs.delete(run.id());
        show(new Deleted(run.id(), true), run.id() + " is deleted");
        return ExitCode.SUCCESS;
    }
}
