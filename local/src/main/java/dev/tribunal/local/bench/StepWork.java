package dev.tribunal.local.bench;

import java.util.stream.IntStream;

/**
 * How much one step does.
 *
 * @param prompts of a step
 * @param generations completions of a prompt
 * @param newTokens of a completion
 * @param mixed whether completions end at different lengths, a third of {@code newTokens} in the mean
 */
public record StepWork(int prompts, int generations, int newTokens, boolean mixed) {

    private static final double GOLDEN_RATIO = 0.6180339887;

    public StepWork {
        if (prompts < 1 || generations < 2 || newTokens < 1) {
            throw new IllegalArgumentException("a step needs at least 1 prompt, 2 generations and 1 new token, not "
                    + prompts + ", " + generations + " and " + newTokens);
        }
    }

    /** Lengths of a prompt's completions. The multiples of the golden ratio spread evenly over [0, 1). */
    int[] lengths(int prompt) {
        return IntStream.range(prompt * generations, (prompt + 1) * generations)
                .map(i -> {
                    double fraction = i * GOLDEN_RATIO % 1;
                    return mixed ? 1 + (int) ((newTokens - 1) * (fraction * fraction)) : newTokens;
                })
                .toArray();
    }

    /** Tokens that a step generates. */
    int tokens() {
        return IntStream.range(0, prompts)
                .flatMap(prompt -> IntStream.of(lengths(prompt)))
                .sum();
    }
}
