/**
 * Rewards: how reward models learn, and what becomes of their scores.
 *
 * <p>Input: scores. Output: losses and their slopes, and rewards within [0, 1].
 */
@NullMarked
package dev.tribunal.methods.reward;

import org.jspecify.annotations.NullMarked;
