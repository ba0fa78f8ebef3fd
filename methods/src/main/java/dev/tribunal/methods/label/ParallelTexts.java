package dev.tribunal.methods.label;

import jakarta.validation.constraints.Size;

/**
 * Pairs of a parallel corpus: of two texts that stand in each row the one is preferred to the other, for example the
 * simplified text to the original (arXiv 2401.15043). Nothing is scored.
 *
 * @param chosen the field of the preferred text, a dot for each level
 * @param rejected the field of the other one
 */
public record ParallelTexts(
        @Size(min = 1, max = 200) String chosen,
        @Size(min = 1, max = 200) String rejected) implements Labeller {

    @Override
    public Rows reads() {
        return Rows.PROMPTS;
    }

    @Override
    public int mostRewardModels() {
        return 0;
    }
}
