package dev.tribunal.languagemodel;

/**
 * How completions are drawn.
 *
 * @param maxNewTokens at least 1; a completion that reaches it finishes with {@link FinishReason#LENGTH}
 * @param temperature 0 is greedy; otherwise logits are divided by it before the draw (recorded log-probabilities
 *     stay untempered)
 */
public record SamplingOptions(int maxNewTokens, double temperature) {

    public SamplingOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + ", but must be at least 1");
        }
        if (!(temperature >= 0 && temperature <= 10)) {
            throw new IllegalArgumentException("temperature is " + temperature + ", but must lie in [0, 10]");
        }
    }
}
