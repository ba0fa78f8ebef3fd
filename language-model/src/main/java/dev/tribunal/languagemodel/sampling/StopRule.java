package dev.tribunal.languagemodel.sampling;

import java.util.List;
import java.util.Set;

/**
 * What ends a completion before it is as long as it may be.
 *
 * @param endOfSequence whether the checkpoint's own end-of-sequence tokens do
 * @param ids further tokens that do
 * @param strings texts: a completion ends with the token that completes one of them in its decoded text, wherever in
 *     the completion it began. That token stays, so the text holds the whole stop string and whatever else the token
 *     says. Special tokens have no text; they end a completion by {@code ids}
 */
public record StopRule(boolean endOfSequence, Set<Integer> ids, List<String> strings) {

    /** The checkpoint's end-of-sequence tokens alone. */
    public static final StopRule END_OF_SEQUENCE = new StopRule(true, Set.of(), List.of());

    /** Nothing: every completion gets its full length. */
    public static final StopRule NEVER = new StopRule(false, Set.of(), List.of());

    public StopRule {
        ids = Set.copyOf(ids);
        strings = List.copyOf(strings);
        if (strings.contains("")) {
            throw new IllegalArgumentException("a stop string is empty");
        }
    }

    /** The checkpoint's end-of-sequence tokens, and texts. */
    public static StopRule at(List<String> strings) {
        return new StopRule(true, Set.of(), strings);
    }
}
