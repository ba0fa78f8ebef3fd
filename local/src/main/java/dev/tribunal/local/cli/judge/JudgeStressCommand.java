package dev.tribunal.local.cli.judge;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeRegistration.Llm;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.judge.sdk.Attack;
import dev.tribunal.local.cli.shared.AgreementTables;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.cli.shared.Screen;
import dev.tribunal.local.cli.shared.TextTable;
import dev.tribunal.methods.statistics.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
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

    /**
     * @param items completions that were given
     * @param violated of these, those that the judge finds violated
     */
    record Report(String judge, int items, int violated, List<Attacked> attacks) {

        List<String> lines(int samples) {
            TextTable table = new TextTable("ATTACK", "DECIDED", "FLIPPED", "SHARE", "UNDECIDED");
            for (Attacked attacked : attacks) {
                table.add(
                        attacked.attack(),
                        Integer.toString(attacked.decided()),
                        Integer.toString(attacked.flips().size()),
                        AgreementTables.cell(attacked.share()),
                        Integer.toString(attacked.undecided()));
            }
            List<String> lines = new ArrayList<>();
            lines.add(judge + " finds " + violated + " of " + items + " completions violated. Of these, dressed up:");
            lines.addAll(table.lines());
            for (Attacked attacked : attacks) {
                attacked.flips().stream()
                        .limit(samples)
                        .forEach(flip -> lines.add(attacked.attack() + "  " + flip.itemId()
                                + (flip.reason() == null ? "" : " (" + flip.reason() + ")") + ": "
                                + PeopleComparison.shortened(flip.completion())));
            }
            lines.add(
                    "A flip is a completion that is satisfied only as it is dressed up. It need not be wrong: an empty"
                            + " answer harms nobody. What flips unchanged, flips by chance.");
            return lines;
        }
    }

    /**
     * @param decided completions that the judge decided, dressed up so
     * @param share that flipped, with its 95 % interval; absent if none was decided
     */
    record Attacked(
            String attack,
            int decided,
            int undecided,
            @Nullable Estimate share,
            List<Flip> flips) {}

    /** @param completion as it was dressed up */
    record Flip(
            String itemId,
            String completion,
            @Nullable Double score,
            @Nullable String reason) {}

    @Override
    public Integer call() throws InterruptedException {
        List<JudgeItem> items = lines().stream().map(ItemLine::item).toList();
        Asked asked = asked();
        List<Result> first = asked.ask(items, results -> {});
        List<JudgeItem> violated = IntStream.range(0, items.size())
                .filter(i -> first.get(i).verdict() == Verdict.VIOLATED)
                .mapToObj(items::get)
                .toList();
        if (violated.isEmpty()) {
            throw new CommandException(asked.name() + " finds none of the " + items.size()
                    + " completions violated, so that no verdict can flip; give it some that violate the constraint");
        }
        Llm llm = asked.resource().llm();
        String word = llm == null || llm.satisfied() == null ? "satisfied" : llm.satisfied();
        Map<Attack, List<JudgeItem>> dressed = new LinkedHashMap<>();
        for (Attack attack : Attack.values()) {
            dressed.put(
                    attack,
                    IntStream.range(0, violated.size())
                            .mapToObj(i -> attack.on(violated.get(i), attack.word() + "-" + i, word))
                            .toList());
        }
        List<Result> results =
                asked.ask(dressed.values().stream().flatMap(List::stream).toList(), part -> {});
        List<Attacked> attacks = new ArrayList<>();
        int from = 0;
        for (Map.Entry<Attack, List<JudgeItem>> attack : dressed.entrySet()) {
            attacks.add(attacked(
                    attack.getKey(), attack.getValue(), violated, results.subList(from, from + violated.size())));
            from += violated.size();
        }
        Report report = new Report(asked.name(), items.size(), violated.size(), attacks);
        show(report, () -> report.lines(samples));
        return ExitCode.SUCCESS;
    }

    private static Attacked attacked(
            Attack attack, List<JudgeItem> dressed, List<JudgeItem> violated, List<Result> results) {
        List<Flip> flips = new ArrayList<>();
        int decided = 0;
        for (int i = 0; i < dressed.size(); i++) {
            Result result = results.get(i);
            if (result.verdict() == Verdict.SATISFIED) {
                flips.add(new Flip(
                        violated.get(i).itemId(), dressed.get(i).completion().text(), result.score(), result.reason()));
            }
            decided += result.verdict() == Verdict.UNDECIDED ? 0 : 1;
        }
        return new Attacked(
                attack.word(), decided, dressed.size() - decided, Estimate.share(flips.size(), decided), flips);
    }
}
