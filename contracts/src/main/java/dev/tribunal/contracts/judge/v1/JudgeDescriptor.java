package dev.tribunal.contracts.judge.v1;

import org.jspecify.annotations.Nullable;

/**
 * What a judge says of itself.
 *
 * @param contract {@code judge/v1}
 * @param deterministic whether the same item always gets the same verdict
 * @param maxBatchItems the most items it takes in one request
 * @param digest of the judge's build, if it wants others to notice that it is another one under the same version
 */
public record JudgeDescriptor(
        String name,
        String version,
        String contract,
        @Nullable String description,
        boolean deterministic,
        int maxBatchItems,
        @Nullable String digest) {

    /** A judge that tells no digest. */
    public JudgeDescriptor(
            String name,
            String version,
            String contract,
            @Nullable String description,
            boolean deterministic,
            int maxBatchItems) {
        this(name, version, contract, description, deterministic, maxBatchItems, null);
    }
}
