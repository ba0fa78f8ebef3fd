/**
 * The head of scores: one number for each label, read off a sequence's last token, and its gradient.
 *
 * <p>Input: sequences, then a weight for each score (dLoss/dscore). Output: scores, and gradients in the
 * {@code decoder}'s memory.
 */
@NullMarked
package dev.tribunal.languagemodel.head;

import org.jspecify.annotations.NullMarked;
