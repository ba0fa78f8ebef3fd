package dev.tribunal.methods;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a method cannot work without, beside the policy's log-probabilities. */
public enum Need {
    /** Log-probabilities under the reference. */
    @JsonProperty("reference")
    REFERENCE,
    /** Rewards within [0, 1]: by default those that are calibrated against the baseline completion's score. */
    @JsonProperty("calibration")
    CALIBRATION,
    /** The baseline completion in the group, with its feasibility. */
    @JsonProperty("baseline-verdicts")
    BASELINE_VERDICTS,
    /** The forward KL from the reference to the policy at each token, over the vocabulary. */
    @JsonProperty("token-kl")
    TOKEN_KL,
    /** The policy's entropy at each token. */
    @JsonProperty("entropy")
    ENTROPY,
    /** A value for each token. */
    @JsonProperty("critic")
    CRITIC,
    /** Old log-probabilities from the pass that training uses, so that a ratio of 1 is 1, and not the sampler's. */
    @JsonProperty("packed-old-log-probs")
    PACKED_OLD_LOG_PROBS
}
