package dev.tribunal.methods.label;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.PositiveOrZero;

/**
 * MPO's split of given pairs by difficulty (arXiv 2403.19443). With the gap
 *
 * <pre>d = r(x, chosen) - r(x, rejected)</pre>
 *
 * <p>a pair is easy if |d| &gt; gamma, and difficult otherwise. Two stages that keep the one and the other have each pair
 * once between them, unless wrong-signed ones are dropped. With gamma 0 all pairs but those with a gap of 0 are easy, with a
 * gamma above all gaps none is.
 *
 * @param gamma in the reward model's unit
 * @param keep which side of the split the stage leaves
 * @param wrongSigned what becomes of a pair whose gap is negative: the reward model prefers the rejected completion; default
 *     {@code keep}
 */
public record DifficultySplit(
        @PositiveOrZero @Max(1_000_000_000) double gamma,
        Difficulty keep,
        @Default("keep") WrongSigned wrongSigned) implements Labeller {

    /** A side of the split. */
    public enum Difficulty {
        @JsonProperty("easy")
        EASY,
        @JsonProperty("difficult")
        DIFFICULT
    }

    /** What becomes of a pair that the reward model would turn around. */
    public enum WrongSigned {
        /** It stays as the data has it. */
        @JsonProperty("keep")
        KEEP,
        /** The reward model is believed. */
        @JsonProperty("flip")
        FLIP,
        /** Neither is believed. */
        @JsonProperty("drop")
        DROP
    }

    @Override
    public Rows reads() {
        return Rows.PAIRS;
    }

    @Override
    public int fewestRewardModels() {
        return 1;
    }

    public Difficulty of(double gap) {
        return Math.abs(gap) > gamma ? Difficulty.EASY : Difficulty.DIFFICULT;
    }

    public static boolean isWrongSigned(double gap) {
        return gap < 0;
    }

    /** Whether the stage leaves a pair with this gap. */
    public boolean keeps(double gap) {
        return of(gap) == keep && !(isWrongSigned(gap) && wrongSigned == WrongSigned.DROP);
    }

    public boolean flips(double gap) {
        return isWrongSigned(gap) && wrongSigned == WrongSigned.FLIP;
    }
}
