package dev.tribunal.contracts.common;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor opaque; the {@code cursor} that gives the next page, absent on the last one
 */
public record Page<T>(
        List<T> data, boolean hasMore, @Nullable String nextCursor) {

    /** Of any list. */
    public static final int MAX_LIMIT = 1000;

    public static <T> Page<T> of(List<T> data) {
        return new Page<>(data, false, null);
    }
}
