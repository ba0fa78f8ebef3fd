package dev.tribunal.languagemodel;

/**
 * How completions are drawn.
 *
 * @param maxNewTokens at least 1; a completion that reaches it finishes with {@link FinishReason#LENGTH}
 * @param temperature 0 is greedy; otherwise logits are divided by it before the draw (recorded log-probabilities
 *     stay untempered)
 * @param stop what ends a completion earlier
 */
public record SamplingOptions(int maxNewTokens, double temperature, StopRule stop) {

    public SamplingOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + ", but must be at least 1");
        }
        if (!(temperature >= 0 && temperature <= 10)) {
            throw new IllegalArgumentException("temperature is " + temperature + ", but must lie in [0, 10]");
        }
    }

    /** Completions that the checkpoint's end-of-sequence tokens end. */
    public SamplingOptions(int maxNewTokens, double temperature) {
        this(maxNewTokens, temperature, StopRule.END_OF_SEQUENCE);
    }
}
