package dev.tribunal.servicekit.work;

import java.util.ArrayList;
import java.util.List;

/** Cuts a list into pieces. */
public final class Batches {

    private Batches() {}

    /**
     * In order, views of the list; the last may be smaller.
     *
     * @param size elements of a batch, at least 1
     */
    public static <T> List<List<T>> of(List<T> all, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a batch must hold at least 1 element, not " + size);
        }
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            batches.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return batches;
    }
}
