package dev.tribunal.contracts.judge.v1;

import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** What the judged completions are for; all absent where a judge is asked outside a run. */
public record EvaluationContext(
        @Nullable @Size(max = 4096) String runId,
        @Nullable Integer step,
        @Nullable @Size(max = 4096) String task) {}
