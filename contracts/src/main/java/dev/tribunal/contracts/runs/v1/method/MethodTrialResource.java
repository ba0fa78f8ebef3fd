package dev.tribunal.contracts.runs.v1.method;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.reward.ScoreValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a method made of groups.
 *
 * @param method with every default filled in
 * @param loss of the whole minibatch, to be minimised
 * @param groups as they were given
 */
public record MethodTrialResource(Method method, double loss, List<Group> groups) {

    /** One prompt's rollouts. */
    public record Group(int prompt, List<Rollout> rollouts) {}

    /**
     * What became of a rollout.
     *
     * @param leftBatch why it is in no loss and no mean, if it left the batch
     * @param scores raw, by reward model, as they were given
     * @param reward what the method was told that it is worth, its constraints aside
     * @param role what the method took it for
     * @param regularizedReward eq. 11, or another reward less its KL penalty, where the method has one
     * @param advantage weight of its log-likelihood in the ascent direction before any division by the batch's size; the
     *     mean over its tokens where they differ; absent where it follows from the forward pass
     * @param slopes the loss's, by what the policy and the critics say of the rollout
     */
    public record Rollout(
            int sample,
            @Nullable LeftBatch leftBatch,
            Map<String, ScoreValue> scores,
            @Nullable Double reward,
            @Nullable String role,
            @Nullable Double regularizedReward,
            @Nullable Double advantage,
            Slopes slopes) {}

    /** Why a rollout left the batch. */
    public enum LeftBatch {
        @JsonProperty("undecided")
        UNDECIDED,
        @JsonProperty("no-reward")
        NO_REWARD
    }

    /**
     * Derivatives of the loss. What it does not depend on is absent.
     *
     * @param logProbs by each token's log-probability
     * @param tokenKl by each token's KL
     * @param entropy by each token's entropy
     * @param values by each critic's value of each token
     */
    public record Slopes(
            List<Double> logProbs,
            @Nullable List<Double> tokenKl,
            @Nullable List<Double> entropy,
            @Nullable List<List<Double>> values) {}
}
