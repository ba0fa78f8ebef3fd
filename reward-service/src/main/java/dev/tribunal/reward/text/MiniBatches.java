package dev.tribunal.reward.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Bounds the memory of one pass through a model. */
public final class MiniBatches {

    private MiniBatches() {}

    /**
     * Cuts items, in their order, into batches whose padded size (items times the longest) is at most
     * {@code maxTokens}. An item that is longer by itself gets a batch of its own.
     *
     * @param length tokens of an item
     */
    public static <T> List<List<T>> split(List<T> items, ToIntFunction<T> length, int maxTokens) {
        List<List<T>> batches = new ArrayList<>();
        int start = 0;
        int longest = 0;
        for (int end = 0; end < items.size(); end++) {
            int extended = Math.max(longest, length.applyAsInt(items.get(end)));
            if (end > start && (long) extended * (end - start + 1) > maxTokens) {
                batches.add(items.subList(start, end));
                start = end;
                extended = length.applyAsInt(items.get(end));
            }
            longest = extended;
        }
        if (start < items.size()) {
            batches.add(items.subList(start, items.size()));
        }
        return batches;
    }
}
