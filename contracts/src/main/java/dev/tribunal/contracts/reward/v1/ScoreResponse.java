package dev.tribunal.contracts.reward.v1;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One result an item, in the order asked. */
public record ScoreResponse(@Nullable String requestId, String name, String version, List<Result> results) {

    /**
     * @param score one finite number, the reward model's raw score; absent exactly when there is an error. Of a reward
     *     model with several classes the expected index of the class, from 0
     * @param deviation standard deviation of the score, on its scale; only of a reward model that knows how sure it is
     * @param classes probability of each label; only of a reward model with several
     */
    public record Result(
            String itemId,
            @Nullable Double score,
            @Nullable Double deviation,
            @Nullable Map<String, Double> classes,
            @Nullable ScoreError error) {

        /** Of a reward model that gives a number alone. */
        public Result(String itemId, @Nullable Double score, @Nullable ScoreError error) {
            this(itemId, score, null, null, error);
        }
    }

    public record ScoreError(String code, String detail) {}
}
