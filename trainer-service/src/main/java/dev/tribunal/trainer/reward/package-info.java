/**
 * What the reward service says of completions.
 *
 * <p>Input: prompts and completions. Output: raw scores by reward model, of which {@code methods} makes
 * rewards.
 */
@NullMarked
package dev.tribunal.trainer.reward;

import org.jspecify.annotations.NullMarked;
