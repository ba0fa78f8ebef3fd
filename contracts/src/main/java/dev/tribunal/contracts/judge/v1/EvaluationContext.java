package dev.tribunal.contracts.judge.v1;

import org.jspecify.annotations.Nullable;

/** What the judged completions are for; all absent where a judge is asked outside a run. */
public record EvaluationContext(
        @Nullable String runId,
        @Nullable Integer step,
        @Nullable String task) {}
