package dev.tribunal.local.cli.shared;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.servicekit.error.Suggestion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** A command about one run. */
public abstract class RunPartCommand extends PlatformCommand {

    @Parameters(paramLabel = "RUN", description = "The run's id, or the beginning of it that no other run has.")
    private String id = "";

    protected RunPartCommand(Screen screen) {
        super(screen);
    }

    protected RunResource run(RunsApi runs) {
        return Lookup.run(runs, id);
    }

    /** @throws CommandException if the run has no such task */
    protected static void requireTask(RunResource run, @Nullable String task) {
        if (task != null && !run.tasks().contains(task)) {
            throw new CommandException(run.id() + " has no task '" + task + "'" + Suggestion.of(task, run.tasks()));
        }
    }
}
