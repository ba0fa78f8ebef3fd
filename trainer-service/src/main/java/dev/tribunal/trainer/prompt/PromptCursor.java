package dev.tribunal.trainer.prompt;

/**
 * Where a task stands in its prompts; part of every checkpoint.
 *
 * @param epoch passes over the file that are complete
 * @param position prompts of this epoch that are drawn
 */
public record PromptCursor(long epoch, int position) {

    public static final PromptCursor START = new PromptCursor(0, 0);

    public PromptCursor {
        if (epoch < 0 || position < 0) {
            throw new IllegalArgumentException("a cursor cannot stand at epoch " + epoch + ", position " + position);
        }
    }
}
