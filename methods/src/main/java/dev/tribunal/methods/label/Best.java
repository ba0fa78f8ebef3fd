package dev.tribunal.methods.label;

/** The feasible completion with the highest score, to be learnt (RAFT, arXiv 2304.06767; best-of-N). */
public record Best() implements Labeller {

    @Override
    public boolean leavesDemonstrations() {
        return true;
    }

    @Override
    public int fewestRewardModels() {
        return 1;
    }
}
