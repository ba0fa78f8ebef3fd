package dev.tribunal.local.bench;

/** Where a step's time goes. */
public enum Phase {
    /** Completions of all prompts. */
    SAMPLING,
    /** Their log-probabilities under the reference. */
    REFERENCE,
    /** Their log-probabilities under the policy, with what the backward pass needs. */
    FORWARD,
    BACKWARD,
    /** Clipping and AdamW. */
    STEP
}
