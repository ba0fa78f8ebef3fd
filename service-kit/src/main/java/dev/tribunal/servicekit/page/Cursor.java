package dev.tribunal.servicekit.page;

import dev.tribunal.servicekit.error.TribunalException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;

/** The place in a list where its next page begins, as clients see it: nothing that they should read. */
public final class Cursor {

    private Cursor() {}

    public static String of(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param parser of a position; throws {@link IllegalArgumentException} if it is not one
     * @throws TribunalException 422 if no list gave the cursor
     */
    public static <T> T position(String cursor, Function<String, T> parser) {
        try {
            return parser.apply(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notOurs) {
            throw QueryMistakes.of("cursor", "is '" + cursor + "', must be a nextCursor that this list gave");
        }
    }
}
