package dev.tribunal.trainer.feasibility;

import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.methods.rollout.Feasibility;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a completion satisfies every constraint. */
public final class Constraints {

    private Constraints() {}

    /**
     * The conjunction of the verdicts (CGPO, arXiv 2409.20370, section 4.1: "violated" if it fails any one; Algorithm 1
     * prints a disjunction). One undecided verdict leaves it undecided, whatever the others say: if a violation beside it
     * decided, a judge that is away would take satisfied rollouts out of the batch and leave violated ones in. A judge that
     * was not asked because another had found a violation already takes nothing away. Without judges everything is
     * feasible.
     */
    public static Feasibility feasibility(Collection<Verdict> verdicts) {
        if (verdicts.contains(Verdict.UNDECIDED)) {
            return Feasibility.UNDECIDED;
        }
        if (verdicts.contains(Verdict.VIOLATED)) {
            return Feasibility.INFEASIBLE;
        }
        return verdicts.contains(Verdict.NOT_ASKED) ? Feasibility.UNDECIDED : Feasibility.FEASIBLE;
    }

    /** As {@link #feasibility(Collection)}. */
    public static Feasibility of(List<JudgeVerdict> verdicts) {
        return feasibility(verdicts.stream().map(JudgeVerdict::verdict).toList());
    }

    /** As episodes are written: absent while undecided. */
    public static @Nullable Boolean asBoolean(Feasibility feasibility) {
        return switch (feasibility) {
            case FEASIBLE -> true;
            case INFEASIBLE -> false;
            case UNDECIDED -> null;
        };
    }
}
