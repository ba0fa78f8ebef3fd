/**
 * Imitation of given completions.
 *
 * <p>Input: groups with demonstrations. Output: their negative log-likelihoods.
 */
@NullMarked
package dev.tribunal.methods.supervised;

import org.jspecify.annotations.NullMarked;
