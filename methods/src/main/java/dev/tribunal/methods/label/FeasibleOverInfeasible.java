package dev.tribunal.methods.label;

/** A pair of the best feasible completion and the worst infeasible one. */
public record FeasibleOverInfeasible() implements Labeller {

    @Override
    public boolean needsJudges() {
        return true;
    }
}
