package dev.tribunal.reward.training;

import dev.tribunal.languagemodel.CounterRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Rows to learn from and rows held out. All rows of one prompt are on the same side. */
public record Split<T extends Row>(List<T> training, List<T> validation) {

    private static final long STREAM = 1;

    /**
     * @param validationShare of the prompts; if positive, at least one prompt is held out where there are two
     */
    public static <T extends Row> Split<T> of(List<T> rows, double validationShare, long seed) {
        List<Long> prompts = CounterRandom.shuffled(
                rows.stream().map(Row::prompt).distinct().toList(), CounterRandom.key(seed, STREAM));
        int share = (int) Math.max(1, Math.round(validationShare * prompts.size()));
        int count = validationShare == 0 ? 0 : Math.min(share, prompts.size() - 1);
        Set<Long> held = new HashSet<>(prompts.subList(0, count));
        return new Split<>(
                rows.stream().filter(row -> !held.contains(row.prompt())).toList(),
                rows.stream().filter(row -> held.contains(row.prompt())).toList());
    }
}
