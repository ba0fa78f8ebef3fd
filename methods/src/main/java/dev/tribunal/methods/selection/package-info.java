/**
 * Which of one prompt's completions are taken, the same for training and for inference.
 *
 * <p>Input: scores of the completions, in the order in which they were sampled. Output: probabilities to draw them with.
 * Plain functions over numbers.
 */
@NullMarked
package dev.tribunal.methods.selection;

import org.jspecify.annotations.NullMarked;
