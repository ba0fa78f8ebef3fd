package dev.tribunal.contracts.http;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor opaque; the {@code cursor} that gives the next page, absent on the last one
 */
public record Page<T>(List<T> data, boolean hasMore, @Nullable String nextCursor) {

    /** Of any list. */
    public static final int MAX_LIMIT = 1000;

    public static <T> Page<T> of(List<T> data) {
        return new Page<>(data, false, null);
    }

    /**
     * A page from a query that asked for one row more than the limit.
     *
     * @param position where the list continues after a row; the cursor says it
     */
    public static <T> Page<T> of(List<T> rows, int limit, Function<T, String> position) {
        return numbered(rows, limit, row -> Cursor.of(position.apply(row)));
    }

    /**
     * The same of a list whose rows have numbers that clients know.
     *
     * @param number of a row
     */
    public static <T> Page<T> numbered(List<T> rows, int limit, Function<T, String> number) {
        if (rows.size() <= limit) {
            return of(rows);
        }
        List<T> data = List.copyOf(rows.subList(0, limit));
        return new Page<>(data, true, number.apply(data.getLast()));
    }
}
