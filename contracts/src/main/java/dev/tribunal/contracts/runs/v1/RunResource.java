package dev.tribunal.contracts.runs.v1;

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
 * @param bestCheckpoint of the latest stage that says which metric decides; absent without one
 * @param conditions what a person should know now, for example that a judge is mostly undecided
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
        @Nullable BestCheckpoint bestCheckpoint) {

    public RunResource {
        artifacts = artifacts == null ? List.of() : List.copyOf(artifacts); // an older trainer tells none
    }

    /**
     * A checkpoint that is kept because it is the best one so far.
     *
     * @param metric that decides, as the stage's evaluation names it
     * @param task whose metric it is
     * @param value that the checkpoint has of it
     */
    public record BestCheckpoint(int step, String metric, String task, double value) {}

    /** @param type a stable word; {@code since} when it became true */
    public record Condition(String type, String message, Instant since) {}
}
