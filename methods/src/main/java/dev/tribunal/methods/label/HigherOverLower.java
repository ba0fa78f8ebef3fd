package dev.tribunal.methods.label;

import dev.tribunal.input.Default;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.ArrayList;
import java.util.List;

/**
 * Comparisons among the feasible completions of a prompt, each annotated by the reward model: the one with the higher score
 * is preferred. Of completions that were sampled as a tree these are comparisons within one tree (arXiv 2402.10184). What is
 * annotated is bounded, so that a tree and a list of completions can be compared at equal cost.
 *
 * @param comparisons the most of each prompt, drawn among all that there are; a tie is one, too, and makes no pair
 * @param seed of the draw; default 0
 */
public record HigherOverLower(
        @Min(1) @Max(1_000_000) int comparisons,
        @Default("0") long seed) implements Labeller {

    @Override
    public int fewestRewardModels() {
        return 1;
    }

    /** Two members of a group, by their places in it. */
    public record Comparison(int first, int second) {}

    /** All that there are among so many members, each once. */
    public static List<Comparison> all(int members) {
        List<Comparison> all = new ArrayList<>();
        for (int first = 0; first < members; first++) {
            for (int second = first + 1; second < members; second++) {
                all.add(new Comparison(first, second));
            }
        }
        return all;
    }
}
