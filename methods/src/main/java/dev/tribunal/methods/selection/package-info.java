/**
 * Which of a prompt's completions are taken, the same at training and at serving.
 *
 * <p>Input: scores, answers or verdicts of one prompt's completions, as plain arrays. Output: probabilities to draw them
 * with, or the index of the one that is taken.
 */
@NullMarked
package dev.tribunal.methods.selection;

import org.jspecify.annotations.NullMarked;
