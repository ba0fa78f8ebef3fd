package dev.tribunal.languagemodel;

/** What some engines can do and others cannot; a method that needs one that is missing is refused before it starts. */
public enum Capability {
    /** Log-probabilities, and their gradients, at another temperature than 1 ({@link Wanted#temperature}). */
    TEMPERATURE,
    /** KL to another model over the whole vocabulary, with its gradient ({@link Wanted#klFrom}). */
    TOKEN_KL,
    /** The entropy of the next token's distribution, with its gradient ({@link Wanted#entropy}). */
    ENTROPY,
    /** Values of tokens, with their gradient: a critic ({@link ScoringModel#forwardValues}). */
    VALUES,
    /** Several gradients side by side, their products, and mixtures of them ({@link LanguageModel#selectGradient}). */
    GRADIENT_ROWS,
    /** Weighted means of models' weights ({@link Engine#soup}). */
    SOUP
}
