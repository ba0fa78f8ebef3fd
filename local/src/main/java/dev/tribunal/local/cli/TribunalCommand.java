package dev.tribunal.local.cli;

import dev.tribunal.local.cli.bench.BenchCommand;
import dev.tribunal.local.cli.compare.ChartsCommand;
import dev.tribunal.local.cli.compare.CompareCommand;
import dev.tribunal.local.cli.demo.DemoCommand;
import dev.tribunal.local.cli.judge.JudgeCommand;
import dev.tribunal.local.cli.method.MethodCommand;
import dev.tribunal.local.cli.model.GenerateCommand;
import dev.tribunal.local.cli.model.MergeCommand;
import dev.tribunal.local.cli.rewardmodel.RewardModelCommand;
import dev.tribunal.local.cli.run.RunCommand;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.shared.CommandGroup;
import dev.tribunal.local.cli.shared.CommandLines;
import dev.tribunal.local.cli.token.TokenCommand;
import dev.tribunal.local.prompts.PromptsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

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

    public static void main(String[] arguments) {
        System.exit(commandLine(Screen.standard()).execute(arguments));
    }

    static CommandLine commandLine(Screen screen) {
        return CommandLines.finish(new CommandLine(new TribunalCommand())
                .addSubcommand(new DemoCommand(screen))
                .addSubcommand(new UpCommand(screen))
                .addSubcommand(RunCommand.commandLine(screen))
                .addSubcommand(new CompareCommand(screen))
                .addSubcommand(new ChartsCommand(screen))
                .addSubcommand(MethodCommand.commandLine(screen))
                .addSubcommand(JudgeCommand.commandLine(screen))
                .addSubcommand(RewardModelCommand.commandLine(screen))
                .addSubcommand(TokenCommand.commandLine(screen))
                .addSubcommand(new PromptsCommand())
                .addSubcommand(new MergeCommand(screen))
                .addSubcommand(new GenerateCommand(screen, Screen.typedInput() ? null : System.in))
                .addSubcommand(BenchCommand.commandLine(screen))
                .addSubcommand(new CompletionCommand(screen))
                .addSubcommand(new HelpCommand()));
    }
}
