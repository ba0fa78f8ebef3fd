package dev.tribunal.languagemodel;

/**
 * How completions are drawn: logits are divided by the temperature, then only the {@code topK} most probable tokens
 * are left, then of those only the fewest that make up {@code topP} (nucleus sampling, arXiv 1904.09751), as
 * transformers does it. Tokens exactly as probable as the last one left are left too.
 *
 * <p>Recorded log-probabilities are always of the untempered, untruncated distribution. With anything but temperature
 * 1, topK 0 and topP 1 they are not those that the tokens were drawn by: what is trained on such completions is
 * slightly off-policy, and no importance weight says so.
 *
 * @param maxNewTokens at least 1; a completion that reaches it finishes with {@link FinishReason#LENGTH}
 * @param temperature 0 is greedy, whatever topK and topP are
 * @param topK 0 leaves all tokens
 * @param topP in (0, 1]; 1 leaves all tokens
 * @param stop what ends a completion earlier
 */
public record SamplingOptions(int maxNewTokens, double temperature, int topK, double topP, StopRule stop) {

    public SamplingOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + ", but must be at least 1");
        }
        if (!(temperature >= 0 && temperature <= 10)) {
            throw new IllegalArgumentException("temperature is " + temperature + ", but must lie in [0, 10]");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK is " + topK + ", but must not be negative");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP is " + topP + ", but must lie in (0, 1]");
        }
    }

    /** From all tokens, until an end-of-sequence token. */
    public SamplingOptions(int maxNewTokens, double temperature) {
        this(maxNewTokens, temperature, StopRule.END_OF_SEQUENCE);
    }

    /** From all tokens. */
    public SamplingOptions(int maxNewTokens, double temperature, StopRule stop) {
        this(maxNewTokens, temperature, 0, 1, stop);
    }
}
