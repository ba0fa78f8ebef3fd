package dev.tribunal.local.cli.run;

import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.Screen;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code run export}: what a run has, in the forms of other tools. */
@Command(name = "export", description = "Write what a run has in the forms that other stages and tools read.")
final class RunExportCommand extends CommandGroup {

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new RunExportCommand())
                .addSubcommand(new RunExportMetricsCommand(screen))
                .addSubcommand(new RunExportPairsCommand(screen))
                .addSubcommand(new RunExportDemonstrationsCommand(screen));
    }
}
