package dev.tribunal.contracts.runs.v1.label;

import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * A person's verdict of a rollout.
 *
 * @param judge name of the judge whose constraint was looked at, one of those that judged the rollout; default all of the
 *     task's constraints together
 * @param note why, for who reads it later
 * @param by who says so
 */
public record LabelRequest(
        LabelVerdict verdict,
        @Nullable String judge,
        @Size(max = 2000) @Nullable String note,
        @Size(max = 200) @Nullable String by) {}
