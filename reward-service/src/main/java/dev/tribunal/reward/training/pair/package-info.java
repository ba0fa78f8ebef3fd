/**
 * Teaches a model, or heads on one that stays as it is, from preference pairs. In: a file of pairs. Out: a trained model
 * that scores the chosen completion higher than the rejected one, and what training measured.
 */
@NullMarked
package dev.tribunal.reward.training.pair;

import org.jspecify.annotations.NullMarked;
