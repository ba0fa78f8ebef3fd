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

    /**
     * What every engine asks of the slopes that it is given.
     *
     * @throws IllegalArgumentException if there is not one for each token of each sequence, if one is not finite, or if there
     *     are slopes of what was not wanted
     */
    public static void requireOf(List<TokenSequence> sequences, Wanted wanted, List<TokenSlopes> slopes) {
        if (slopes.size() != sequences.size()) {
            throw new IllegalArgumentException(
                    "slopes of " + slopes.size() + " sequences for a pass over " + sequences.size());
        }
        for (int s = 0; s < sequences.size(); s++) {
            TokenSlopes of = slopes.get(s);
            int tokens = sequences.get(s).completion().length;
            if (of.logProb.length != tokens) {
                throw new IllegalArgumentException("sequence " + s + " has " + tokens + " completion tokens, but "
                        + of.logProb.length + " slopes");
            }
            requireWanted(of.logProb, true, "log-probability", s);
            requireWanted(of.entropy, wanted.entropy(), "entropy", s);
            requireWanted(of.tokenKl, wanted.klFrom() != null, "token KL", s);
        }
    }

    private static void requireWanted(double @Nullable [] slopes, boolean wanted, String name, int sequence) {
        if (slopes == null) {
            return;
        }
        if (!wanted && anyNonZero(slopes)) {
            throw new IllegalArgumentException(
                    "slopes of the " + name + " for a forward pass that was not asked for it");
        }
        requireFinite(slopes, name + "'s slope of sequence " + sequence + ", token ");
    }

    /**
     * @param name of the first one, without its number
     * @throws IllegalArgumentException if one is not finite
     */
    public static void requireFinite(double[] values, String name) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException(name + i + " is " + values[i] + ", but must be finite");
            }
        }
    }

    /** Whether any of them is not zero. */
    public boolean anyNonZero() {
        return anyNonZero(logProb) || anyNonZero(tokenKl) || anyNonZero(entropy);
    }

    private static boolean anyNonZero(double @Nullable [] slopes) {
        return slopes != null && Arrays.stream(slopes).anyMatch(slope -> slope != 0);
    }
}
