package dev.tribunal.languagemodel;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a loss changes with what a forward pass gave for a sequence's completion, each {@code [completion length]}.
 *
 * @param logProb dLoss / d log p(token)
 * @param tokenKl dLoss / d tokenKl; null for zeros
 * @param entropy dLoss / d entropy; null for zeros
 */
public record TokenSlopes(double[] logProb, double @Nullable [] tokenKl, double @Nullable [] entropy) {

    public TokenSlopes {
        requireLength("tokenKl", tokenKl, logProb.length);
        requireLength("entropy", entropy, logProb.length);
    }

    private static void requireLength(String name, double @Nullable [] slopes, int tokens) {
        if (slopes != null && slopes.length != tokens) {
            throw new IllegalArgumentException(
                    tokens + " slopes of log-probabilities, but " + slopes.length + " of " + name);
        }
    }

    /** Of a loss of log-probabilities alone. */
    public static TokenSlopes ofLogProbs(double[] slopes) {
        return new TokenSlopes(slopes, null, null);
    }

    /** Of a loss of log-probabilities alone, {@code [sequences][completion length]}. */
    public static List<TokenSlopes> ofLogProbs(List<double[]> slopes) {
        return slopes.stream().map(TokenSlopes::ofLogProbs).toList();
    }

    /** Whether any of them is not zero. */
    public boolean anyNonZero() {
        return anyNonZero(logProb) || anyNonZero(tokenKl) || anyNonZero(entropy);
    }

    private static boolean anyNonZero(double @Nullable [] slopes) {
        return slopes != null && Arrays.stream(slopes).anyMatch(slope -> slope != 0);
    }
}
