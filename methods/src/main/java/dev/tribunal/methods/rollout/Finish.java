package dev.tribunal.methods.rollout;

/** Why a completion ends where it ends. */
public enum Finish {
    /** It ended by itself: with an end token or a stop text. */
    STOPPED,
    /** It was cut off at the length allowed. */
    LENGTH
}
