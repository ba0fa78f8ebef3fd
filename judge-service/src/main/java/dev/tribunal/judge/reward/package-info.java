/**
 * The judge that asks a reward model.
 *
 * <p>Input: a completion and bounds; output: a verdict on the score that the reward service gives it.
 */
@NullMarked
package dev.tribunal.judge.reward;

import org.jspecify.annotations.NullMarked;
