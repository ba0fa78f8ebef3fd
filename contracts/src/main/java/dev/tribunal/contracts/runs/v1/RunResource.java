package dev.tribunal.contracts.runs.v1;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as it stands.
 *
 * @param step committed steps
 * @param phase what a running run is doing now, for people: {@code evaluating before training}, {@code step 12}
 * @param terminalReason why it ended, when it did not succeed
 * @param conditions what a person should know now, for example that a judge is mostly undecided
 */
public record RunResource(
        String id,
        String name,
        Map<String, String> labels,
        RunSpec.Method method,
        RunState state,
        int step,
        int steps,
        List<String> tasks,
        @Nullable String phase,
        @Nullable String terminalReason,
        List<Condition> conditions,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {

    /** @param type a stable word; {@code since} when it became true */
    public record Condition(String type, String message, Instant since) {}
}
