package dev.tribunal.methods.label;

/** A pair of the feasible completions with the highest and the lowest score. */
public record BestOverWorst() implements Labeller {

    @Override
    public int fewestRewardModels() {
        return 1;
    }
}
