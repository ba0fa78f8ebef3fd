/**
 * Log-probabilities of given sequences, their gradient, and AdamW.
 *
 * <p>Input: sequences, then one weight a token (dLoss/dlogProb). Output: log-probabilities, and changed weights in the
 * {@code decoder}'s memory.
 */
@NullMarked
package dev.tribunal.languagemodel.training;

import org.jspecify.annotations.NullMarked;
