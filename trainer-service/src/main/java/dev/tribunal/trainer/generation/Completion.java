package dev.tribunal.trainer.generation;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.languagemodel.sampling.FinishReason;
import dev.tribunal.methods.loss.ImportanceWeights;
import org.jspecify.annotations.Nullable;

/**
 * A completion as the policy sampled it.
 *
 * @param ids its tokens, the end-of-sequence token included if it was drawn; at least one
 * @param logProbs {@code [ids.length]}, natural, at temperature 1, under the policy that sampled it
 * @param importance {@code [ids.length]}, how much likelier the policy finds each token than what drew it; absent where the
 *     policy drew it
 */
public record Completion(
        int[] ids,
        float[] logProbs,
        String text,
        FinishReason finishReason,
        @Nullable ImportanceWeights importance) {

    public Completion {
        if (ids.length == 0 || ids.length != logProbs.length) {
            throw new IllegalArgumentException(ids.length + " tokens, but " + logProbs.length + " log-probabilities");
        }
    }

    /** As the policy itself drew it. */
    public Completion(int[] ids, float[] logProbs, String text, FinishReason finishReason) {
        this(ids, logProbs, text, finishReason, null);
    }

    /** With other log-probabilities under the policy. */
    public Completion withLogProbs(float[] others) {
        return new Completion(ids, others, text, finishReason, importance);
    }

    /**
     * Of one that a sampler has drawn, whose log-probabilities are the sampler's: with those of the policy.
     *
     * @param cap the largest weight of a token
     */
    public Completion underPolicy(float[] ofPolicy, double cap) {
        return new Completion(ids, ofPolicy, text, finishReason, ImportanceWeights.of(ofPolicy, logProbs, cap));
    }

    /** As the contracts write it. */
    public CompletionText asText() {
        return asText(text, finishReason);
    }

    public static CompletionText asText(String text, FinishReason finishReason) {
        return new CompletionText(
                text,
                switch (finishReason) {
                    case STOP -> "stop";
                    case LENGTH -> "length";
                });
    }
}
