package dev.tribunal.local.cli.run.export;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandGroup;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code run export}: what a run has, in the forms of other tools. */
@Command(name = "export", description = "Write what a run has in the forms that other stages and tools read.")
public final class RunExportCommand extends CommandGroup {

    public static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RunExportCommand())
                .addSubcommand(new RunExportMetricsCommand(screen))
                .addSubcommand(new RunExportPairsCommand(screen))
                .addSubcommand(new RunExportDemonstrationsCommand(screen));
    }
}
