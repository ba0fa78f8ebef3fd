package dev.tribunal.languagemodel;

import java.util.Set;

/**
 * What ends a completion before it is as long as it may be.
 *
 * @param endOfSequence whether the checkpoint's own end-of-sequence tokens do
 * @param ids further tokens that do
 */
public record StopRule(boolean endOfSequence, Set<Integer> ids) {

    /** The checkpoint's end-of-sequence tokens alone. */
    public static final StopRule END_OF_SEQUENCE = new StopRule(true, Set.of());

    /** Nothing: every completion gets its full length. */
    public static final StopRule NEVER = new StopRule(false, Set.of());

    public StopRule {
        ids = Set.copyOf(ids);
    }
}
