package dev.tribunal.contracts.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor opaque; the {@code cursor} that gives the next page, absent on the last one
 */
public record Page<T>(List<T> data, boolean hasMore, @Nullable String nextCursor) {

    public static <T> Page<T> of(List<T> data) {
        return new Page<>(data, false, null);
    }

    /**
     * A page from a query that asked for one row more than the limit.
     *
     * @param cursorOf the cursor that continues after a row
     */
    public static <T> Page<T> of(List<T> rows, int limit, java.util.function.Function<T, String> cursorOf) {
        if (rows.size() <= limit) {
            return of(rows);
        }
        List<T> data = List.copyOf(rows.subList(0, limit));
        return new Page<>(data, true, cursorOf.apply(data.getLast()));
    }
}
