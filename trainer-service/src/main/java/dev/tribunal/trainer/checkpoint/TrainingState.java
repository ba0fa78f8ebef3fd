package dev.tribunal.trainer.checkpoint;

import dev.tribunal.trainer.prompt.PromptCursor;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint knows beside weights and AdamW's moments: all that the next step depends on. Random numbers are
 * counter-based, so the step is all of their state.
 *
 * @param step committed steps
 * @param tasks by name
 */
public record TrainingState(String runId, int step, Map<String, TaskState> tasks) {

    /** Name of its file in a checkpoint's directory. */
    public static final String FILE = "training-state.json";

    public TrainingState {
        tasks = new TreeMap<>(tasks);
    }

    /**
     * Where a task stands.
     *
     * @param cursor in its prompts
     * @param baselineCompletions of its training prompts
     * @param heldOutBaselineCompletions of its held-out prompts
     * @param optimizer what the policy optimizer carries from step to step, such as an adaptive coefficient, by name
     */
    public record TaskState(
            PromptCursor cursor,
            BaselineCompletionState baselineCompletions,
            BaselineCompletionState heldOutBaselineCompletions,
            Map<String, Double> optimizer) {

        public TaskState {
            optimizer = new TreeMap<>(optimizer);
        }

        /** Of a task that has neither baseline completions nor an optimizer with a state. */
        public static TaskState at(PromptCursor cursor) {
            return new TaskState(cursor, BaselineCompletionState.NONE, BaselineCompletionState.NONE, Map.of());
        }
    }
}
