package dev.tribunal.trainer.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Samples whole completions and takes one of them: sample, best of n, votes, first feasible. A completion that the budget
 * may cut short is not begun, but for the first.
 */
final class WholeCompletions implements Search {

    private final Asked prompt;
    private final int n;
    private final int atOnce;
    private final int maxNewTokens;
    private final Predicate<Candidate> enough;
    private final Function<List<Candidate>, Taken> choice;
    private final Keys keys;
    private final List<Candidate> candidates = new ArrayList<>();

    /**
     * @param n completions at most
     * @param atOnce how many of them are sampled together at most
     * @param enough whether none is needed after this one
     */
    WholeCompletions(
            Asked prompt,
            int n,
            int atOnce,
            int maxNewTokens,
            Predicate<Candidate> enough,
            Function<List<Candidate>, Taken> choice,
            Keys keys) {
        this.prompt = prompt;
        this.n = n;
        this.atOnce = atOnce;
        this.maxNewTokens = maxNewTokens;
        this.enough = enough;
        this.choice = choice;
        this.keys = keys;
    }

    @Override
    public List<Draw> next(long left) {
        if (candidates.stream().anyMatch(enough)) {
            return List.of();
        }
        long fit = candidates.isEmpty() ? Math.max(1, left / maxNewTokens) : left / maxNewTokens;
        int count = (int) Math.min(Math.min(n - candidates.size(), atOnce), fit);
        int longest = (int) Math.min(left, maxNewTokens);
        return IntStream.range(0, count)
                .mapToObj(i -> new Draw(prompt.ids(), new int[0], keys.next(), longest))
                .toList();
    }

    @Override
    public void add(List<Candidate> sampled) {
        candidates.addAll(sampled);
    }

    @Override
    public Taken taken() {
        return choice.apply(candidates);
    }
}
