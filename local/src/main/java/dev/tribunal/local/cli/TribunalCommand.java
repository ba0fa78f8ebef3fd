package dev.tribunal.local.cli;

import dev.tribunal.local.cli.bench.BenchCommand;
import dev.tribunal.local.cli.demo.DemoCommand;
import dev.tribunal.local.cli.embedded.EmbeddedCommand;
import dev.tribunal.local.cli.judge.JudgeCommand;
import dev.tribunal.local.cli.model.GenerateCommand;
import dev.tribunal.local.cli.model.MergeCommand;
import dev.tribunal.local.cli.rewardmodel.RewardModelCommand;
import dev.tribunal.local.cli.run.RunCommand;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.OutputClosedException;
import dev.tribunal.local.cli.shared.Problems;
import dev.tribunal.local.cli.shared.Screen;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.local.prompts.PromptsCommand;
import dev.tribunal.servicekit.http.Suggestion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code tribunal}: the entry point. */
@Command(
        name = "tribunal",
        description = "Post-trains language models under constraints set by a mixture of judges.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused or failed; standard error says why",
            "2:not used as --help says",
            "130:interrupted with Ctrl-C"
        })
public final class TribunalCommand extends CommandGroup {

    private static final String VERSION = "tribunal 0.1.0";

    public static void main(String[] arguments) {
        System.exit(commandLine(Screen.standard()).execute(arguments));
    }

    static CommandLine commandLine(Screen screen) {
        CommandLine tribunal = new CommandLine(new TribunalCommand())
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
                .addSubcommand(new HelpCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(TribunalCommand::explainUsage)
                .setExecutionExceptionHandler(TribunalCommand::explain);
        helpEverywhere(tribunal);
        return tribunal;
    }

    /** Every command, those that only group others too, answers to --help and --version. */
    private static void helpEverywhere(CommandLine command) {
        if (!command.getCommandSpec().mixinStandardHelpOptions()) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
        }
        command.getCommandSpec().version(VERSION);
        command.getSubcommands().values().forEach(TribunalCommand::helpEverywhere);
    }

    /** What is wrong, what was perhaps meant, and where it is written; not pages of usage that push it off the screen. */
    private static int explainUsage(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        command.getErr().println("error: " + message(wrong));
        command.getErr().println("How to use it: ./" + command.getCommandSpec().qualifiedName() + " --help");
        command.getErr().flush();
        return ExitCode.USAGE;
    }

    private static String message(ParameterException wrong) {
        if (!(wrong instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return String.valueOf(wrong.getMessage());
        }
        CommandLine command = wrong.getCommandLine();
        String first = unmatched.getUnmatched().getFirst();
        if (unmatched.isUnknownOption()) {
            String option = first.split("=", 2)[0];
            return "'" + command.getCommandSpec().qualifiedName() + "' has no option '" + option + "'"
                    + Suggestion.of(
                            option, command.getCommandSpec().optionsMap().keySet());
        }
        return command.getSubcommands().isEmpty()
                ? "'" + command.getCommandSpec().qualifiedName() + "' takes no '" + first + "' here"
                : "'" + command.getCommandSpec().qualifiedName() + "' has no command '" + first + "'"
                        + Suggestion.of(first, command.getSubcommands().keySet());
    }

    private static int explain(Exception exception, CommandLine command, CommandLine.ParseResult parsed) {
        if (StartedPlatform.stopping() || exception instanceof OutputClosedException) {
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
