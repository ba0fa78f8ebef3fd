package dev.tribunal.methods.reward;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One step on the way from the scores of a completion to its reward; pure. Reward models go by their names in the task. A
 * task has a list of them, and by default the one that calibrates. One more line below makes another one known.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Calibrated.class, name = "calibrated"),
    @JsonSubTypes.Type(value = WeightedScores.class, name = "weighted-sum"),
    @JsonSubTypes.Type(value = Standardised.class, name = "z-norm"),
    @JsonSubTypes.Type(value = Squashed.class, name = "sigmoid"),
    @JsonSubTypes.Type(value = KlPenalised.class, name = "kl-penalty"),
    @JsonSubTypes.Type(value = RobustScore.class, name = "robust"),
    @JsonSubTypes.Type(value = ClassTarget.class, name = "class-target")
})
public interface RewardTransform {

    /**
     * @param values of the completion, by reward model, or what an earlier transform made of them
     * @param baseline what the same transforms made of the baseline completion's; empty if there is none
     * @param logRatio log pi(a|s) - log pi_ref(a|s), nats; 0 for the baseline completion; NaN without a reference
     */
    Map<String, ScoreValue> apply(Map<String, ScoreValue> values, Map<String, ScoreValue> baseline, double logRatio);

    /**
     * For the completions of one prompt.
     *
     * @param prompt the text in a field of the prompt's line; absent if there is none
     */
    default RewardTransform askedBy(Function<String, @Nullable String> prompt) {
        return this;
    }

    /** Whether what it makes of a completion's scores depends on the other completions of the minibatch. */
    default boolean looksAtBatch() {
        return false;
    }

    /**
     * For the completions of one minibatch.
     *
     * @param batch what it gets of each of them, at least one
     */
    default RewardTransform within(List<Map<String, ScoreValue>> batch) {
        return this;
    }

    /** Whether it compares with the baseline completion, whose scores then have to be known. */
    default boolean needsBaselineCompletion() {
        return false;
    }

    default boolean needsReference() {
        return false;
    }

    /** Whether, of one reward model, a completion with a higher score never gets less for it. */
    default boolean keepsOrder() {
        return false;
    }

    /** @param given whether the values that it gets are within [0, 1]; false where that is not sure */
    default boolean isWithinUnit(boolean given) {
        return false;
    }

    /** Why it can make nothing of a reward model's raw score; absent if it can. */
    default @Nullable String lackOf(String model, ScoreValue score) {
        return null;
    }
}
