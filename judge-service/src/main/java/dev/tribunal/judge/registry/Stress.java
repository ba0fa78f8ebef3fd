package dev.tribunal.judge.registry;

import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.Result;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.StressReport;
import dev.tribunal.contracts.judge.v1.registry.StressReport.Attacked;
import dev.tribunal.contracts.judge.v1.registry.StressReport.Flip;
import dev.tribunal.judge.sdk.Attack;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a judge can be talked into: completions that it finds violated, dressed up.
 *
 * @param word the judge's own for satisfied
 * @param ask the judge: one result an item, in order
 */
record Stress(String word, Function<List<JudgeItem>, List<Result>> ask) {

    private static final int MOST_SHOWN = 2_000;

    StressReport on(JudgeVersion judge, List<JudgeItem> items) {
        List<Result> first = ask.apply(items);
        List<JudgeItem> violated = IntStream.range(0, items.size())
                .filter(i -> first.get(i).verdict() == Verdict.VIOLATED)
                .mapToObj(items::get)
                .toList();
        List<Attacked> attacks = new ArrayList<>();
        for (Attack attack : Attack.values()) { // one after the other, so that only one's completions are held
            List<JudgeItem> dressed = IntStream.range(0, violated.size())
                    .mapToObj(i -> attack.on(violated.get(i), attack.word() + "-" + i, word))
                    .toList();
            attacks.add(attacked(attack, violated, dressed, dressed.isEmpty() ? List.of() : ask.apply(dressed)));
        }
        return new StressReport(judge, items.size(), violated.size(), attacks);
    }

    private static Attacked attacked(
            Attack attack, List<JudgeItem> violated, List<JudgeItem> dressed, List<Result> results) {
        List<Flip> flips = new ArrayList<>();
        int undecided = 0;
        for (int i = 0; i < dressed.size(); i++) {
            Result result = results.get(i);
            switch (result.verdict()) {
                case SATISFIED ->
                    flips.add(new Flip(
                            violated.get(i).itemId(),
                            shortened(dressed.get(i).completion().text()),
                            result.score(),
                            result.reason()));
                case VIOLATED -> {}
                case UNDECIDED, NOT_ASKED -> undecided++;
            }
        }
        return Attacked.of(attack.word(), dressed.size() - undecided, undecided, flips);
    }

    private static String shortened(String text) {
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    }
}
