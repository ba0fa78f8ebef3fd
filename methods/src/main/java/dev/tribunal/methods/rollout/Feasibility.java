package dev.tribunal.methods.rollout;

/** What the judges, all together, say of a completion. */
public enum Feasibility {
    /** Every constraint is satisfied. */
    FEASIBLE,
    /** A constraint is violated. */
    INFEASIBLE,
    /** A verdict is missing: such a rollout leaves the batch, and only a baseline completion is shown like this. */
    UNDECIDED
}
