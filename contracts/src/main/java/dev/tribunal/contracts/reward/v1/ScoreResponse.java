package dev.tribunal.contracts.reward.v1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One result an item, in the order asked. */
public record ScoreResponse(@Nullable String requestId, String name, String version, List<Result> results) {

    /**
     * @param score one finite number, the reward model's raw score; absent exactly when there is an error
     */
    public record Result(
            String itemId, @Nullable Double score, @Nullable ScoreError error) {}

    public record ScoreError(String code, String detail) {}
}
