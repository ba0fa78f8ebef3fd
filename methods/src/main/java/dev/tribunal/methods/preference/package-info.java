/**
 * Losses of a chosen and a rejected completion, each a method on given pairs.
 *
 * <p>Input: the sums of a pair's log-probs, log-ratios and token KLs. Output: the loss and its slopes in them.
 */
@NullMarked
package dev.tribunal.methods.preference;

import org.jspecify.annotations.NullMarked;
