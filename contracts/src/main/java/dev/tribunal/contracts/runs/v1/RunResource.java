package dev.tribunal.contracts.runs.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.common.FieldError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as it stands.
 *
 * @param methods of its tasks, each once
 * @param step committed steps, of all stages
 * @param steps of all stages
 * @param stage that is at hand; absent in a run of one
 * @param artifacts what finished stages left, in the order of the stages
 * @param phase what a running run is doing now, for people: {@code evaluating before training}, {@code step 12},
 *     and how far the check of a run in {@code validating} is
 * @param terminalReason why it ended, when it did not succeed
 * @param errors the mistakes of its spec, with pointers into it, if they were found after it was created
 * @param conditions what a person should know now, for example that a judge is mostly undecided
 * @param parent the run that it was forked from; absent if it was not
 */
public record RunResource(
        String id,
        String name,
        Map<String, String> labels,
        List<String> methods,
        RunState state,
        int step,
        int steps,
        @Nullable String stage,
        List<Artifact> artifacts,
        List<String> tasks,
        @Nullable String phase,
        @Nullable String terminalReason,
        List<FieldError> errors,
        List<Condition> conditions,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Parent parent) {

    public RunResource {
        artifacts = artifacts == null ? List.of() : List.copyOf(artifacts); // an older trainer tells none
    }

    /** @param type a stable word; {@code since} when it became true */
    public record Condition(String type, String message, Instant since) {}

    /**
     * Where a fork comes from.
     *
     * @param run its id; the run itself may have been deleted since
     * @param step of the checkpoint
     * @param kind what it took over
     */
    public record Parent(String run, int step, Fork kind) {}

    /** What a fork takes over from its parent's checkpoint. */
    public enum Fork {
        /** The weights, from which it begins at step 1. */
        @JsonProperty("weights")
        WEIGHTS,
        /** All of the training state: it goes on with the next step. */
        @JsonProperty("state")
        STATE
    }
}
