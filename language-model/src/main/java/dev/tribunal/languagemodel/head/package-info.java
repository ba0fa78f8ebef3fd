/**
 * The scalar head: one score a sequence, read off its last token, and its gradient.
 *
 * <p>Input: sequences, then one weight a sequence (dLoss/dscore). Output: scores, and gradients in the
 * {@code decoder}'s memory.
 */
@NullMarked
package dev.tribunal.languagemodel.head;

import org.jspecify.annotations.NullMarked;
