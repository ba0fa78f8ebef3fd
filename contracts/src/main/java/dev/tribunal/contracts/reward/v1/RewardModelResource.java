package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a reward model.
 *
 * @param digest of the checkpoint it scores with; absent until it is ready. A run pins it
 * @param maxTokens that prompt and completion may have together, as its own tokenizer counts them; absent where that is
 *     not known, as of a server of another system
 * @param labels of a reward model that classifies, in their order; none of one that gives a number alone
 * @param progress share of the preparation that is done, 0 to 1
 * @param metrics what training measured, for example {@code validationAccuracy}, {@code trainingLoss}
 * @param failure why it failed, and what to do
 * @param conditions what makes it doubtful though it can be used, such as few pairs or an accuracy at chance
 */
public record RewardModelResource(
        String name,
        String version,
        State state,
        @Nullable String digest,
        @Nullable String path,
        @Nullable Integer maxTokens,
        List<String> labels,
        double progress,
        Map<String, Double> metrics,
        @Nullable String failure,
        List<Condition> conditions,
        RewardModelRegistration.Source source,
        Instant createdAt) {

    public RewardModelResource {
        labels = labels == null ? List.of() : List.copyOf(labels);
        conditions = conditions == null ? List.of() : List.copyOf(conditions);
    }

    /**
     * @param type which of the known doubts, for example {@code contradicting-pairs}
     * @param message the numbers behind it, and what to do
     */
    public record Condition(String type, String message) {}

    public enum State {
        @JsonProperty("preparing")
        PREPARING,
        @JsonProperty("ready")
        READY,
        @JsonProperty("failed")
        FAILED
    }
}
