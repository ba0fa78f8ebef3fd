package dev.tribunal.contracts.runs.v1.rejudgement;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.VerdictError;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion that was judged again.
 *
 * @param episode the stored rollout's id
 * @param before as it was stored
 * @param now with the new verdict
 * @param error why the new verdict is undecided
 */
public record RejudgedSample(
        String episode,
        int step,
        String task,
        Split split,
        int prompt,
        int sample,
        List<Message> messages,
        String completion,
        Worth before,
        Worth now,
        @Nullable VerdictError error) {

    /**
     * What a completion was or would have been worth.
     *
     * @param verdict absent where no judge was replaced
     * @param score that the judge gave
     * @param reason that the judge gave
     * @param feasible absent while undecided
     * @param reward constraints included: 0 where one is violated; absent while undecided, or where a score is missing
     * @param weight in training; absent for what was not trained on, and where it could not be computed
     */
    public record Worth(
            @Nullable Verdict verdict,
            @Nullable Double score,
            @Nullable String reason,
            @Nullable Boolean feasible,
            @Nullable Double reward,
            @Nullable Double weight) {}

    /** Which completions are wanted. */
    public enum Change {
        @JsonProperty("verdict")
        VERDICT,
        @JsonProperty("feasible")
        FEASIBLE,
        @JsonProperty("reward")
        REWARD,
        @JsonProperty("weight")
        WEIGHT
    }
}
