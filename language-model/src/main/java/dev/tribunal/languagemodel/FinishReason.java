package dev.tribunal.languagemodel;

/** Why a completion ended. */
public enum FinishReason {
    /** The model drew an end-of-sequence token. */
    STOP,
    /** The completion reached the allowed number of tokens. */
    LENGTH
}
