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
     * @param heads what each head says; only of a reward model with several heads. Of heads with deviations the score and
     *     its deviation are those of the surest head; of heads that classify the score is their mean
     */
    public record Result(
            String itemId,
            @Nullable Double score,
            @Nullable Double deviation,
            @Nullable Map<String, Double> classes,
            List<Head> heads,
            @Nullable ScoreError error) {

        /** An answer without heads is that of a reward model that has none. */
        public Result {
            heads = heads == null ? List.of() : List.copyOf(heads);
        }

        /** Of a reward model with one head. */
        public Result(
                String itemId,
                @Nullable Double score,
                @Nullable Double deviation,
                @Nullable Map<String, Double> classes,
                @Nullable ScoreError error) {
            this(itemId, score, deviation, classes, List.of(), error);
        }

        /** Of a reward model that gives a number alone. */
        public Result(String itemId, @Nullable Double score, @Nullable ScoreError error) {
            this(itemId, score, null, null, error);
        }
    }

    /**
     * @param name among the heads of its reward model
     * @param mean the head's score; of a head that classifies the expected index of the class, from 0
     * @param deviation standard deviation of the score; only of a head that knows it
     * @param classes probability of each class; only of a head that classifies
     * @param standardised the same less their stored means and divided by their stored standard deviations
     */
    public record Head(
            String name,
            double mean,
            @Nullable Double deviation,
            @Nullable Map<String, Double> classes,
            @Nullable Map<String, Double> standardised) {}

    public record ScoreError(String code, String detail) {}
}
