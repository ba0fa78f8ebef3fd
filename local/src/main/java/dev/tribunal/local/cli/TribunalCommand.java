package dev.tribunal.local.cli;

import dev.tribunal.local.prompts.PromptsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code tribunal}: the entry point. */
@Command(
        name = "tribunal",
        description = "Post-trains language models under constraints set by a mixture of judges.",
        mixinStandardHelpOptions = true,
        version = "tribunal 0.1.0")
public final class TribunalCommand extends CommandGroup {

    public static void main(String[] arguments) {
        System.exit(commandLine(Screen.standard()).execute(arguments));
    }

    static CommandLine commandLine(Screen screen) {
        return new CommandLine(new TribunalCommand())
                .addSubcommand(new DemoCommand(screen))
                .addSubcommand(new UpCommand(screen))
                .addSubcommand(RunCommand.commandLine(screen))
                .addSubcommand(JudgeCommand.commandLine(screen))
                .addSubcommand(RewardModelCommand.commandLine(screen))
                .addSubcommand(new PromptsCommand())
                .addSubcommand(new MergeCommand(screen))
                .addSubcommand(EmbeddedCommand.commandLine(screen))
                .addSubcommand(new GenerateCommand(screen, Screen.typedInput() ? null : System.in))
                .addSubcommand(BenchCommand.commandLine(screen))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler(TribunalCommand::explain);
    }

    private static int explain(Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
        if (StartedPlatform.stopping()) {
            return ExitCode.FAILURE;
        }
        command.getErr().println(Problems.render(exception));
        if (System.getenv("TRIBUNAL_DEBUG") != null) {
            exception.printStackTrace(command.getErr());
        }
        command.getErr().flush();
        return ExitCode.FAILURE;
    }
}
