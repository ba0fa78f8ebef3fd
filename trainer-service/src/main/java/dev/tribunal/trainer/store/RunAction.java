package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.RunState;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person may ask of a run. */
public enum RunAction {
    PAUSE,
    RESUME,
    CANCEL;

    /**
     * Where the action leads.
     *
     * @param held whether a trainer holds the run and has to be asked; else it changes at once
     * @return the same state if there is nothing left to do; nothing if the action is not allowed
     */
    @Nullable
    RunState next(RunState state, boolean held) {
        return switch (this) {
            case PAUSE ->
                switch (state) {
                    case QUEUED -> RunState.PAUSED;
                    case RUNNING -> RunState.PAUSING;
                    case PAUSING, PAUSED -> state;
                    case VALIDATING, CANCELLING, SUCCEEDED, FAILED, CANCELLED -> null;
                };
            case RESUME ->
                switch (state) {
                    case PAUSED -> RunState.QUEUED;
                    case QUEUED, RUNNING -> state;
                    case VALIDATING, PAUSING, CANCELLING, SUCCEEDED, FAILED, CANCELLED -> null;
                };
            case CANCEL ->
                switch (state) {
                    case VALIDATING -> RunState.CANCELLED;
                    case QUEUED, RUNNING, PAUSING, PAUSED -> held ? RunState.CANCELLING : RunState.CANCELLED;
                    case CANCELLING, CANCELLED -> state;
                    case SUCCEEDED, FAILED -> null;
                };
        };
    }

    /** The actions that would change a run in this state. */
    static List<RunAction> allowed(RunState state) {
        return Arrays.stream(values())
                .filter(action -> {
                    RunState next = action.next(state, true);
                    return next != null && next != state;
                })
                .toList();
    }
}
