package dev.tribunal.contracts.runs.v1.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
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
 * @param waitsFor what it waits for now, for more than two seconds
 * @param alarms that are raised and not over
 * @param signal how many of its steps taught it something; absent in a run without steps of training
 * @param parent the run that it was forked from; absent if it was not
 * @param namespace of the team that it belongs to
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
        List<Wait> waitsFor,
        List<Alarm> alarms,
        @Nullable Signal signal,
        @Nullable BestCheckpoint bestCheckpoint,
        @Nullable Parent parent,
        String namespace) {

    public RunResource {
        // An older trainer tells none.
        artifacts = artifacts == null ? List.of() : List.copyOf(artifacts);
        waitsFor = waitsFor == null ? List.of() : List.copyOf(waitsFor);
        alarms = alarms == null ? List.of() : List.copyOf(alarms);
        namespace = namespace == null ? "default" : namespace;
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

    /**
     * @param kind {@code judge}, {@code judge-service}, {@code reward-model}, {@code reward-service}, {@code model-loading},
     *     {@code engine} (a server that the policy is on), {@code sampler}, {@code service} (what the spec names, while it is
     *     validated) or {@code queue}
     * @param name of the judge or reward model with its version, of the checkpoint, of the sampler's server, or of the queue
     * @param since when the wait began
     * @param message for people
     */
    public record Wait(String kind, String name, Instant since, String message) {}

    /**
     * Something that makes the run doubtful.
     *
     * @param type {@code no-signal}, {@code feasible-rate-low}, {@code judge-never-satisfied}, {@code undecided-high},
     *     {@code truncated-high}, {@code empty-completions}, {@code reward-hacking}, {@code kl-high},
     *     {@code entropy-collapse}, {@code length-runaway}, {@code gradient-explosion} or {@code blow-up}
     * @param severity what the spec says is to follow: {@code report}, {@code pause} or {@code fail}
     * @param task absent where it is of all of them
     * @param judge that is the cause; absent where none is
     * @param message for people, with the numbers and the thresholds
     * @param since when it was raised
     * @param step at which it was raised
     * @param evidence the numbers that raised it, by name
     * @param episodes query of <code>GET /v1/runs/{id}/episodes</code> for samples; absent where none help
     */
    public record Alarm(
            String type,
            Alarms.Action severity,
            @Nullable String task,
            @Nullable String judge,
            String message,
            Instant since,
            int step,
            Map<String, Double> evidence,
            @Nullable String episodes) {}

    /**
     * @param steps committed steps of training
     * @param stepsWithoutUpdate those in which no rollout had a weight, so that the policy stayed as it was
     */
    public record Signal(int steps, int stepsWithoutUpdate) {}

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
