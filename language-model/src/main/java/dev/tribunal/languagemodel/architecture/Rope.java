package dev.tribunal.languagemodel.architecture;

/**
 * Rotary positions (RoPE, arXiv 2104.09864) and how they are stretched over more positions than they were trained for.
 *
 * @param theta the base of the angles' frequencies
 */
public record Rope(double theta, Scaling scaling) {

    public Rope {
        requirePositive(theta, "theta");
    }

    public static Rope of(double theta) {
        return new Rope(theta, new None());
    }

    /** Sequences up to this length have the same angles; a longer one's depend on its length. */
    public int longestUnstretched() {
        return scaling instanceof Dynamic dynamic ? dynamic.originalPositions() : Integer.MAX_VALUE;
    }

    /** As {@code rope_type} names it. */
    public sealed interface Scaling {}

    /** {@code default} */
    public record None() implements Scaling {}

    /** {@code linear}: every frequency is divided by {@code factor} (position interpolation, arXiv 2306.15595). */
    public record Linear(double factor) implements Scaling {
        public Linear {
            requirePositive(factor, "factor");
        }
    }

    /**
     * {@code dynamic}: a sequence of {@code n > originalPositions} tokens gets the theta
     * {@code theta * (factor * n / originalPositions - (factor - 1))^(d / (d - 2))}, d being the head dimension
     * (NTK-aware scaling); up to {@code originalPositions} nothing changes. So that the numbers are those of
     * transformers, a sequence that is scored or trained on gets the theta of its whole length, while in sampling the
     * prompt gets that of the prompt's length, and each new token that of the length up to itself, its forerunners'
     * keys staying as they are in the cache. Beyond {@code originalPositions} a sampled token's log-probability is
     * therefore not quite the one that scoring gives.
     *
     * @param originalPositions {@code max_position_embeddings}; the model takes {@code factor} times as many
     */
    public record Dynamic(double factor, int originalPositions) implements Scaling {
        public Dynamic {
            requirePositive(factor, "factor");
            requirePositive(originalPositions, "originalPositions");
        }
    }

    /**
     * {@code llama3}: of the wavelengths within {@code originalPositions}, those shorter than
     * {@code originalPositions / highFrequencyFactor} stay, those longer than
     * {@code originalPositions / lowFrequencyFactor} grow by {@code factor}, those between by something between
     * (Llama 3.1, arXiv 2407.21783).
     */
    public record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalPositions)
            implements Scaling {
        public Llama3 {
            requirePositive(factor, "factor");
            requirePositive(lowFrequencyFactor, "lowFrequencyFactor");
            requirePositive(originalPositions, "originalPositions");
            if (!(highFrequencyFactor > lowFrequencyFactor)) {
                throw new IllegalArgumentException("highFrequencyFactor " + highFrequencyFactor
                        + " is not above lowFrequencyFactor " + lowFrequencyFactor);
            }
        }
    }

    private static void requirePositive(double value, String name) {
        if (!(value > 0)) {
            throw new IllegalArgumentException(name + " is " + value + ", but must be positive");
        }
    }
}
