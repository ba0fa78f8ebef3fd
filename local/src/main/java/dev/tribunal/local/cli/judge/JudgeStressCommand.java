package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.registry.StressReport;
import dev.tribunal.contracts.judge.v1.registry.StressReport.Attacked;
import dev.tribunal.local.cli.screen.AgreementTables;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tribunal judge stress}: what a judge can be talked into. */
@Command(
        name = "stress",
        description =
                "Ask a judge about completions that it finds violated, once more as they are and then dressed up in"
                        + " the ways in which a policy in training comes to cheat, and show what it then finds satisfied. Where"
                        + " no platform runs, the judges are started for it.")
final class JudgeStressCommand extends AskingCommand {

    @Option(
            names = "--samples",
            description = "Show at most so many flipped completions of an attack; default" + " ${DEFAULT-VALUE}.")
    private int samples = 3;

    JudgeStressCommand(Screen screen) {
        super(screen);
    }

    @Override
    public Integer call() throws InterruptedException {
        List<JudgeItem> items = lines().stream().map(ItemLine::item).toList();
        Asked asked = asked();
        StressReport report = asked.stress(items);
        if (report.violated() == 0) {
            throw new CommandException(asked.name() + " finds none of the " + items.size()
                    + " completions violated, so that no verdict can flip; give it some that violate the constraint");
        }
        show(report, () -> lines(asked.name(), report));
        return ExitCode.SUCCESS;
    }

    private List<String> lines(String judge, StressReport report) {
        TextTable table = new TextTable("ATTACK", "DECIDED", "FLIPPED", "SHARE", "UNDECIDED");
        for (Attacked attacked : report.attacks()) {
            table.add(
                    attacked.attack(),
                    Integer.toString(attacked.decided()),
                    Integer.toString(attacked.flips().size()),
                    AgreementTables.cell(attacked.share()),
                    Integer.toString(attacked.undecided()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(judge + " finds " + report.violated() + " of " + report.items()
                + " completions violated. Of these, dressed up:");
        lines.addAll(table.lines());
        for (Attacked attacked : report.attacks()) {
            attacked.flips().stream()
                    .limit(samples)
                    .forEach(flip -> lines.add(attacked.attack() + "  " + flip.itemId()
                            + (flip.reason() == null ? "" : " (" + flip.reason() + ")") + ": "
                            + PeopleComparison.shortened(flip.completion())));
        }
        lines.add("A flip is a completion that is satisfied only as it is dressed up. It need not be wrong: an empty"
                + " answer harms nobody. What flips unchanged, flips by chance.");
        return lines;
    }
}
