package dev.tribunal.local.cli;

import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.servicekit.error.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tribunal help run apply}: the same as {@code tribunal run apply --help}. */
@Command(name = "help", description = "Show what a command does and takes.")
final class HelpCommand implements Callable<Integer> {

    @Parameters(paramLabel = "COMMAND", description = "Such as 'run apply'; without, all commands are listed.")
    private List<String> path = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        CommandLine found = spec.commandLine().getParent();
        for (String name : path) {
            CommandLine next = found.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(
                        found,
                        "'" + found.getCommandSpec().qualifiedName() + "' has no command '" + name + "'"
                                + Suggestion.of(name, found.getSubcommands().keySet()));
            }
            found = next;
        }
        found.usage(spec.commandLine().getOut());
        return ExitCode.SUCCESS;
    }
}
