package dev.tribunal.methods.policy;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy optimizer made of a {@link RatedGroup}.
 *
 * @param rollouts one each, in the group's order
 * @param baseline set if the prompt's baseline completion is trained on as well
 */
public record WeightedGroup(
        List<WeightedRollout> rollouts, @Nullable WeightedRollout baseline) {

    public WeightedGroup {
        rollouts = List.copyOf(rollouts);
    }

    /**
     * @param weight factor of the completion's log-likelihood in the ascent direction, before the division by n
     * @param tokenWeights {@code [tokens]}: dLoss/dlog pi of each token
     * @param regularizedReward eq. 11, where the method has one
     * @param role what the method took the rollout for; absent if for nothing special
     */
    public record WeightedRollout(
            double weight,
            double[] tokenWeights,
            @Nullable Double regularizedReward,
            @Nullable String role) {

        /** The same weight for every token of a completion, since log pi(a|s) is the sum over its tokens. */
        static WeightedRollout of(
                double weight, int n, int tokens, @Nullable Double regularizedReward, @Nullable String role) {
            double[] tokenWeights = new double[tokens];
            Arrays.fill(tokenWeights, 0 - weight / n); // the loss descends where the likelihood ascends
            return new WeightedRollout(weight, tokenWeights, regularizedReward, role);
        }
    }
}
