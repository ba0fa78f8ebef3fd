package dev.tribunal.trainer.checkpoint;

import dev.tribunal.trainer.prompt.PromptCursor;
import java.util.Map;

/**
 * What a checkpoint knows beside weights and optimizer state. Random numbers are counter-based, so the step is all of
 * their state.
 *
 * @param step committed steps
 * @param cursors one a task, by name
 */
public record TrainingState(String runId, int step, Map<String, PromptCursor> cursors) {

    /** Name of its file in a checkpoint's directory. */
    static final String FILE = "training-state.json";
}
