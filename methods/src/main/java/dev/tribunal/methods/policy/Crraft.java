package dev.tribunal.methods.policy;

import dev.tribunal.methods.policy.RatedGroup.RatedBaseline;
import dev.tribunal.methods.policy.WeightedGroup.WeightedRollout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CRRAFT, calibrated-regularized reward-ranking fine-tuning (CGPO, arXiv 2409.20370, section 4.1.3): of each prompt's
 * completions that are feasible and near enough to the reference, the best becomes a demonstration, weighted by its
 * calibrated reward. Nothing is pushed down.
 *
 * <pre>
 * a* = argmax r(s,a) over a feasible with log(pi(a|s) / pi_ref(a|s)) &lt;= KL_max               (17)
 * g  = 1/n sum_i R_calib(s_i,a*_i) * grad log pi(a*_i|s_i)                     ascent           (18)
 * </pre>
 *
 * n counts the prompts. Where no completion is left, the baseline completion is a* if it is feasible, with weight
 * R_calib(s, a-bar) = sigma(0); else the prompt adds nothing.
 */
public record Crraft(double klMax) implements PolicyOptimizer {

    private static final double WEIGHT_OF_BASELINE = 0.5; // sigma(0)

    public Crraft {
        if (!(klMax > 0)) {
            throw new IllegalArgumentException("klMax is " + klMax + ", but must be positive");
        }
    }

    @Override
    public List<WeightedGroup> weigh(List<RatedGroup> groups) {
        return groups.stream().map(group -> weigh(group, groups.size())).toList();
    }

    private WeightedGroup weigh(RatedGroup group, int n) {
        List<RatedRollout> rollouts = group.rollouts();
        int best = Ranking.highest(
                rollouts, i -> rollouts.get(i).feasible() && rollouts.get(i).logRatio() <= klMax);
        List<WeightedRollout> weighted = new ArrayList<>();
        for (int i = 0; i < rollouts.size(); i++) {
            RatedRollout rollout = rollouts.get(i);
            weighted.add(
                    i == best
                            ? WeightedRollout.of(rollout.calibratedReward(), n, rollout.tokens(), null, "best")
                            : WeightedRollout.of(0, n, rollout.tokens(), null, null));
        }
        return new WeightedGroup(weighted, best == Ranking.NONE ? fallback(group.baseline(), n) : null);
    }

    private static @Nullable WeightedRollout fallback(@Nullable RatedBaseline baseline, int n) {
        return baseline != null && baseline.feasible()
                ? WeightedRollout.of(WEIGHT_OF_BASELINE, n, baseline.tokens(), null, "baseline")
                : null;
    }

    @Override
    public boolean needsBaselineVerdicts() {
        return true;
    }
}
