package dev.tribunal.chattemplate.value;

import java.util.List;
import java.util.concurrent.CancellationException;

/** What a template may use: far above what chats need, far below what would harm. */
public final class Limits {

    /** Characters of a text, the output included. */
    static final int TEXT = 8_000_000;

    /** Items of a list. */
    static final int ITEMS = 1_000_000;

    /** Parts of one expression, blocks and macro calls within each other. */
    public static final int DEPTH = 200;

    /** Jinja's sandbox allows ranges of this length. */
    public static final int RANGE = 100_000;

    private static final int STEPS = 20_000_000;

    private int steps;
    private int depth;

    /**
     * Counts a step that made a value; large values count for more.
     *
     * @throws CancellationException if the thread is interrupted: the text is not needed any more
     */
    public void step(Value made) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted while rendering a chat template");
        }
        steps += 1
                + switch (made) {
                    case Value.Text(String text) -> requireText(text.length()) / 1024;
                    case Value.Sequence(List<Value> items) -> requireItems(items.size()) / 1024;
                    default -> 0;
                };
        if (steps > STEPS) {
            throw new Failure("the template takes more than " + STEPS + " steps");
        }
    }

    public void enter() {
        if (++depth > DEPTH) {
            throw new Failure("macros call each other more than " + DEPTH + " deep");
        }
    }

    public void leave() {
        depth--;
    }

    /** Before a text of this length is made. */
    public static int requireText(long length) {
        if (length > TEXT) {
            throw new Failure("a text of more than " + TEXT + " characters");
        }
        return (int) length;
    }

    public static int requireItems(long items) {
        if (items > ITEMS) {
            throw new Failure("a list of more than " + ITEMS + " items");
        }
        return (int) items;
    }
}
