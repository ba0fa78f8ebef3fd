package dev.tribunal.methods.online;

import dev.tribunal.methods.rollout.Advantages;
import dev.tribunal.methods.rollout.RatedRollout;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Rewards with the KL penalty in them: the estimator k1, summed over a completion's tokens.
 *
 * <pre>R_i = R_cr,i - beta log(pi(a_i|s) / pi_ref(a_i|s))</pre>
 *
 * @param values R, one each
 * @param constrained R_cr, one each
 * @param rounding by how much R may differ between two rollouts whose log-ratios do not
 */
record PenalisedRewards(double[] values, double[] constrained, double rounding) {

    static PenalisedRewards of(List<RatedRollout> rollouts, double beta) {
        return new PenalisedRewards(
                rollouts.stream()
                        .mapToDouble(
                                rollout -> rollout.constrainedReward() - (beta > 0 ? beta * rollout.logRatio() : 0))
                        .toArray(),
                rollouts.stream().mapToDouble(RatedRollout::constrainedReward).toArray(),
                rollouts.stream()
                        .mapToDouble(rollout -> 2 * Advantages.LOG_PROB_ROUNDING * rollout.tokens() * beta)
                        .max()
                        .orElse(0));
    }

    /** All zeros where the rewards differ by rounding alone. */
    double[] advantages(UnaryOperator<double[]> estimator) {
        return Advantages.isRounding(constrained, values, rounding)
                ? new double[values.length]
                : estimator.apply(values);
    }
}
