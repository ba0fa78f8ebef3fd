package dev.tribunal.contracts.common;

import dev.tribunal.input.Findings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The ids by which a request's items and its answer's results belong together. */
public final class ItemIds {

    /** Characters of an id. */
    public static final int MAX = 200;

    private ItemIds() {}

    /** Each of a request's {@code items} has an {@code itemId} that no other has. */
    public static <T> void check(List<T> items, Function<T, @Nullable String> id, Findings findings) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            String pointer = "/items/" + i + "/itemId";
            String itemId = id.apply(items.get(i));
            if (!findings.sound(pointer)) {
                continue;
            }
            if (itemId == null) {
                findings.mistake(pointer, "is missing");
            } else if (!seen.add(itemId)) {
                findings.mistake(pointer, "'" + itemId + "' stands here twice");
            }
        }
    }
}
