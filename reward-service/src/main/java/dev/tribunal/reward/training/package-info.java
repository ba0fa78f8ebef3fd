/**
 * Teaches a scalar head and its backbone what people prefer. In: preference pairs and a {@link
 * dev.tribunal.languagemodel.ScoringModel}. Out: the same model, trained by the Bradley-Terry loss, and what training
 * measured.
 */
@NullMarked
package dev.tribunal.reward.training;

import org.jspecify.annotations.NullMarked;
