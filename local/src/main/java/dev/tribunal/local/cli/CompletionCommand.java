package dev.tribunal.local.cli;

import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tribunal completion}: what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = "Print what completes commands and options in a shell: source <(./tribunal completion bash), or"
                + " ./tribunal completion fish | source.",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {

    /** A shell that is known. */
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private static final String NAME = "tribunal";

    private final Screen screen;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell = Shell.BASH;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    CompletionCommand(Screen screen) {
        this.screen = screen;
    }

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        screen.print(
                switch (shell) {
                    case BASH, ZSH -> AutoComplete.bash(NAME, root).lines().toList(); // it serves both
                    case FISH -> fish(root);
                });
        return ExitCode.SUCCESS;
    }

    private static List<String> fish(CommandLine root) {
        List<String> lines = new ArrayList<>(List.of(
                "# The commands that stand on the line, without options.",
                "function __tribunal_at",
                "    set -l words (commandline -opc)",
                "    set -l commands",
                "    for word in $words[2..-1]",
                "        string match -q -- '-*' $word; or set -a commands $word",
                "    end",
                "    test \"$commands\" = \"$argv\"; or string match -q -- \"$argv *\" \"$commands\"",
                "    and test -n \"$argv\"; or test -z \"$argv\" -a -z \"$commands\"",
                "end"));
        addFish(root, "", lines);
        return lines;
    }

    private static void addFish(CommandLine command, String path, List<String> lines) {
        String here = "complete -c " + NAME + " -n '__tribunal_at " + path + "'";
        command.getSubcommands()
                .forEach((name, sub) -> lines.add(here + " -f -a " + name + " -d " + quoted(description(sub))));
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                lines.add(here + names(option) + (option.arity().max() > 0 ? " -r" : "") + " -d "
                        + quoted(option.description().length == 0 ? "" : option.description()[0]));
            }
        }
        command.getSubcommands().forEach((name, sub) -> addFish(sub, (path + " " + name).strip(), lines));
    }

    private static String names(OptionSpec option) {
        StringBuilder names = new StringBuilder();
        for (String name : option.names()) {
            names.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^--?", ""));
        }
        return names.toString();
    }

    private static String description(CommandLine command) {
        String[] description = command.getCommandSpec().usageMessage().description();
        return description.length == 0 ? "" : description[0];
    }

    /** The first sentence, as fish quotes texts. */
    private static String quoted(String text) {
        String first = text.split("(?<=[.:;]) ", 2)[0].replaceFirst("[.:;]$", "");
        return String.format(Locale.ROOT, "'%s'", first.replace("\\", "\\\\").replace("'", "\\'"));
    }
}
