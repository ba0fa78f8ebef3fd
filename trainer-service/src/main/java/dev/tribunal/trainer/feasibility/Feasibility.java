package dev.tribunal.trainer.feasibility;

import dev.tribunal.contracts.judge.v1.Verdict;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Whether a completion satisfies every constraint. */
public enum Feasibility {
    FEASIBLE,
    INFEASIBLE,
    /** No judge found a violation, and at least one could not tell, or was not asked. */
    UNDECIDED;

    /**
     * The conjunction of the verdicts (CGPO, arXiv 2409.20370, section 4.1: "violated" if it fails any one; Algorithm 1
     * prints a disjunction). One violation is enough to know, whatever the undecided judges would have said, or those
     * that were not asked because of it. Without judges everything is feasible.
     */
    public static Feasibility of(Collection<Verdict> verdicts) {
        if (verdicts.contains(Verdict.VIOLATED)) {
            return INFEASIBLE;
        }
        return verdicts.stream().allMatch(verdict -> verdict == Verdict.SATISFIED) ? FEASIBLE : UNDECIDED;
    }

    /** As episodes are written: absent while undecided. */
    public @Nullable Boolean asBoolean() {
        return switch (this) {
            case FEASIBLE -> true;
            case INFEASIBLE -> false;
            case UNDECIDED -> null;
        };
    }
}
