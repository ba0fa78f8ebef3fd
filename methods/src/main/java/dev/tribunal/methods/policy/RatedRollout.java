package dev.tribunal.methods.policy;

/**
 * What a policy optimizer sees of a rollout: only decided and scored ones get this far.
 *
 * @param score raw score r(s, a)
 * @param calibratedReward R_calib(s, a), in [0, 1]; CGPO, eq. 5
 * @param logRatio log pi(a|s) - log pi_ref(a|s), summed over the completion's tokens, nats
 * @param feasible whether every constraint is satisfied
 * @param tokens |a|, at least 1
 */
public record RatedRollout(double score, double calibratedReward, double logRatio, boolean feasible, int tokens) {

    public RatedRollout {
        if (!Double.isFinite(score) || !Double.isFinite(logRatio)) {
            throw new IllegalArgumentException("score " + score + " and logRatio " + logRatio + " must be finite");
        }
        if (!(calibratedReward >= 0 && calibratedReward <= 1)) {
            throw new IllegalArgumentException("calibratedReward is " + calibratedReward + ", not within [0, 1]");
        }
        if (tokens < 1) {
            throw new IllegalArgumentException("a rollout needs at least one token");
        }
    }
}
