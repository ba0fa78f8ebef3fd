/**
 * Teaches a head and its backbone what people prefer. In: rows of tokens, as {@code pair} and {@code answer} make them of
 * files, and a {@link dev.tribunal.languagemodel.ScoringModel}. Out: the same model, trained by one of {@code methods}'
 * losses, and what training measured.
 */
@NullMarked
package dev.tribunal.reward.training;

import org.jspecify.annotations.NullMarked;
