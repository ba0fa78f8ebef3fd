package dev.tribunal.reward.measure;

/**
 * A pair with what a reward model said of it.
 *
 * @param prompt the same for the same messages
 * @param chosen the chosen completion's score
 * @param rejected the rejected completion's score
 * @param chosenTokens of prompt and chosen completion
 * @param rejectedTokens of prompt and rejected completion
 */
public record ScoredPair(long prompt, double chosen, double rejected, int chosenTokens, int rejectedTokens) {

    /** Whether the chosen score is the larger one. */
    public boolean right() {
        return chosen > rejected;
    }
}
