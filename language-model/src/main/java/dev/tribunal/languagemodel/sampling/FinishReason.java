package dev.tribunal.languagemodel.sampling;

/** Why a completion ended. */
public enum FinishReason {
    /** The model drew what the {@link StopRule} ends a completion at. */
    STOP,
    /** The completion reached the allowed number of tokens. */
    LENGTH
}
