/**
 * Teaches a head and its backbone what people prefer. In: preference pairs or labelled answers, and a {@link
 * dev.tribunal.languagemodel.ScoringModel}. Out: the same model, trained by one of {@code methods}' losses, and what
 * training measured.
 */
@NullMarked
package dev.tribunal.reward.training;

import org.jspecify.annotations.NullMarked;
