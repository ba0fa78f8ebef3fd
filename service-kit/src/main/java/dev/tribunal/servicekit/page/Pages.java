package dev.tribunal.servicekit.page;

import dev.tribunal.contracts.common.Page;
import java.util.List;
import java.util.function.Function;

/** Cuts pages from queries that asked for one row more than the limit. */
public final class Pages {

    private Pages() {}

    /** @param position where the list continues after a row; the cursor says it */
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
            return Page.of(rows);
        }
        List<T> data = List.copyOf(rows.subList(0, limit));
        return new Page<>(data, true, number.apply(data.getLast()));
    }
}
