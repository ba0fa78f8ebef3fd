/**
 * Teaches a model from answers with a label or a rating of their own. In: a file of labelled answers. Out: a trained model
 * that tells the classes apart or gives the ratings, and what training measured.
 */
@NullMarked
package dev.tribunal.reward.training.answer;

import org.jspecify.annotations.NullMarked;
