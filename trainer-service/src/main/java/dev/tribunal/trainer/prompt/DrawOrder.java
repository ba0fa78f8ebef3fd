package dev.tribunal.trainer.prompt;

/** The order in which a file's lines are drawn: a function of the cursor alone. */
public sealed interface DrawOrder permits PromptOrder, PrioritisedOrder {

    /** The next {@code count} lines after a cursor, and where that leaves the cursor. */
    PromptOrder.Batch draw(PromptCursor cursor, int count);
}
