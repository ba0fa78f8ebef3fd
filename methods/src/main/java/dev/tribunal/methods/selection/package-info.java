/**
 * Which of one prompt's completions are taken, the same for training and for inference.
 *
 * <p>Input: scores, feasibility and answers of the completions, in the order in which they were sampled. Output:
 * probabilities to draw them with, or the index of the one that is taken, if there is one. Plain functions over numbers
 * and texts.
 */
@NullMarked
package dev.tribunal.methods.selection;

import org.jspecify.annotations.NullMarked;
