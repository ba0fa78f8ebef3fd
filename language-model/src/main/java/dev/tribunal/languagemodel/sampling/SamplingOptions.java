package dev.tribunal.languagemodel.sampling;

/**
 * How completions are drawn: logits are divided by the temperature, then only the {@code topK} most probable tokens
 * are left, then of those only the fewest that make up {@code topP} (nucleus sampling, arXiv 1904.09751), as
 * transformers does it. Tokens exactly as probable as the last one left are left too.
 *
 * <p>Recorded log-probabilities are of the distribution at that temperature (at 0, where there is none, at temperature
 * 1), nothing truncated. With topK 0 and topP 1 they are those that the tokens were drawn by, and a gradient of
 * log-probabilities at the same temperature is unbiased; with others it is not, and no importance weight says so.
 *
 * @param maxNewTokens at least 1; a completion that reaches it finishes with {@link FinishReason#LENGTH}
 * @param temperature 0 is greedy, whatever topK and topP are
 * @param topK 0 leaves all tokens
 * @param topP in (0, 1]; 1 leaves all tokens
 * @param stop what ends a completion earlier
 */
public record SamplingOptions(int maxNewTokens, double temperature, int topK, double topP, StopRule stop) {

    /** The highest temperature. */
    public static final int HOTTEST = 10;

    public SamplingOptions {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException("maxNewTokens is " + maxNewTokens + ", but must be at least 1");
        }
        if (!(temperature >= 0 && temperature <= HOTTEST)) {
            throw new IllegalArgumentException(
                    "temperature is " + temperature + ", but must lie in [0, " + HOTTEST + "]");
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
