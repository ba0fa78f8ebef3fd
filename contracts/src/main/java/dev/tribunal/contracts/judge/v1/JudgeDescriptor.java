package dev.tribunal.contracts.judge.v1;

import org.jspecify.annotations.Nullable;

/**
 * What a judge says of itself.
 *
 * @param contract {@code judge/v1}
 * @param deterministic whether the same item always gets the same verdict
 * @param maxBatchItems the most items it takes in one request
 */
public record JudgeDescriptor(
        String name,
        String version,
        String contract,
        @Nullable String description,
        boolean deterministic,
        int maxBatchItems) {}
