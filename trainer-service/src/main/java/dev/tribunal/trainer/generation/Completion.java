package dev.tribunal.trainer.generation;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.languagemodel.sampling.FinishReason;

/**
 * A completion as the policy sampled it.
 *
 * @param ids its tokens, the end-of-sequence token included if it was drawn; at least one
 * @param logProbs {@code [ids.length]}, natural, at temperature 1, under the policy that sampled it
 */
public record Completion(int[] ids, float[] logProbs, String text, FinishReason finishReason) {

    public Completion {
        if (ids.length == 0 || ids.length != logProbs.length) {
            throw new IllegalArgumentException(ids.length + " tokens, but " + logProbs.length + " log-probabilities");
        }
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
