package dev.tribunal.local.cli.shared;

import dev.tribunal.local.cli.screen.OutputClosedException;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.servicekit.error.Suggestion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** What all commands of one command line do in the same way: how they read options, give help and tell mistakes. */
public final class CommandLines {

    private static final String VERSION = "tribunal 0.1.0";

    private CommandLines() {}

    /** @param root with all of its subcommands */
    public static CommandLine finish(CommandLine root) {
        root.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(CommandLines::explainUsage)
                .setExecutionExceptionHandler(CommandLines::explain);
        helpEverywhere(root);
        colourEverywhere(root);
        return root;
    }

    /** {@code --color auto|always|never}, after any command. */
    private static void colourEverywhere(CommandLine root) {
        root.getCommandSpec()
                .addOption(OptionSpec.builder("--color", "--colour")
                        .paramLabel("WHEN")
                        .type(Paint.When.class)
                        .description(
                                "Colours: auto (on a terminal, unless NO_COLOR is set), always or never; default auto.")
                        .scopeType(ScopeType.INHERIT)
                        .setter(new ISetter() {
                            @Override
                            public <T> @Nullable T set(@Nullable T value) {
                                Paint.when(value instanceof Paint.When when ? when : Paint.When.AUTO);
                                return null;
                            }
                        })
                        .build());
    }

    /** Every command, those that only group others too, answers to --help and --version. */
    private static void helpEverywhere(CommandLine command) {
        if (!command.getCommandSpec().mixinStandardHelpOptions()) {
            command.getCommandSpec().mixinStandardHelpOptions(true);
        }
        command.getCommandSpec().version(VERSION);
        command.getSubcommands().values().forEach(CommandLines::helpEverywhere);
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
