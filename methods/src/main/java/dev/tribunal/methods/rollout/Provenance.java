package dev.tribunal.methods.rollout;

/** Where a completion comes from. */
public enum Provenance {
    /** The policy sampled it. */
    SAMPLED,
    /** It is the prompt's baseline completion, which rewards are calibrated against. */
    BASELINE_COMPLETION,
    /** A given pair prefers it. */
    CHOSEN,
    /** A given pair prefers another one. */
    REJECTED,
    /** It is an example to imitate. */
    DEMONSTRATION
}
