package dev.tribunal.methods.online;

import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.loss.Constant;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.methods.loss.PolicyOptimizer;
import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.RatedGroup;
import dev.tribunal.methods.rollout.RatedRollout;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Positive;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * CRPG, the calibrated-regularized policy gradient (CGPO, arXiv 2409.20370, section 4.1.1): a completion earns its
 * calibrated reward if it is feasible, less the further it has left the reference, and its likelihood rises or falls
 * by how far that is above or below the minibatch's mean.
 *
 * <pre>
 * R_cr(s,a) = R_calib(s,a) if (s,a) is feasible, else 0                                    (8)
 * R~(s,a)   = max(1 - log(pi(a|s) / pi_ref(a|s)) / KL_max, 0) * R_cr(s,a)                 (11)
 * g         = 1/n sum_i grad log pi(a_i|s_i) * (R~_i - mean_j R~_j)      ascent           (12)
 * </pre>
 *
 * n counts the rollouts of all prompts. The factor of eq. 11 exceeds 1 where the log-ratio is negative, as printed.
 *
 * <p>Where all rewards are the same, what is left after the mean is subtracted is rounding, of the mean and of the
 * log-ratios. AdamW would make whole steps of it, since it divides a gradient by its own size: such weights are 0.
 *
 * @param klMax KL_max, nats a sequence: at this log-ratio a completion's reward is 0
 */
public record Crpg(@Positive @Max(1_000_000_000) double klMax) implements Method, PolicyOptimizer {

    @Override
    public List<LossTerm> terms(List<RatedGroup> batch) {
        List<RatedRollout> rollouts = RatedGroup.candidates(batch);
        double[] rewards =
                rollouts.stream().mapToDouble(this::regularizedReward).toArray();
        double[] advantages =
                isRounding(rollouts, rewards) ? new double[rewards.length] : Advantages.minusMean(rewards);

        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < rewards.length; i++) {
            terms.add(Constant.of(rollouts.get(i), advantages[i], rewards.length, null, rewards[i]));
        }
        return terms;
    }

    private boolean isRounding(List<RatedRollout> rollouts, double[] regularized) {
        double[] constrained =
                rollouts.stream().mapToDouble(RatedRollout::constrainedReward).toArray();
        return Advantages.isRounding(constrained, regularized, roundingOfLogRatios(rollouts));
    }

    /** By how much eq. 11 may differ between two rollouts whose log-ratios do not. */
    private double roundingOfLogRatios(List<RatedRollout> rollouts) {
        return rollouts.stream()
                .mapToDouble(rollout -> 2
                        * Advantages.LOG_PROB_ROUNDING
                        * rollout.tokens()
                        / klMax
                        * Math.abs(rollout.constrainedReward()))
                .max()
                .orElse(0);
    }

    /** Eq. 11. */
    double regularizedReward(RatedRollout rollout) {
        return Math.max(1 - rollout.logRatio() / klMax, 0) * rollout.constrainedReward();
    }

    @Override
    public OptionalDouble leash() {
        return OptionalDouble.of(klMax);
    }

    @Override
    public Set<Need> needs() {
        return Set.of(Need.REFERENCE, Need.CALIBRATION);
    }

    /** Completions are weighed against their mean. */
    @Override
    public int fewestRollouts() {
        return 2;
    }

    @Override
    public String paper() {
        return "arXiv 2409.20370";
    }
}
