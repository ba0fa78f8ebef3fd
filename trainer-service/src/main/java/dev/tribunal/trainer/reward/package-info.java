/**
 * What the reward service says of completions.
 *
 * <p>Input: prompts and completions. Output: raw scores, and calibrated rewards against each prompt's baseline
 * completion, scored by the same version of the reward model.
 */
@NullMarked
package dev.tribunal.trainer.reward;

import org.jspecify.annotations.NullMarked;
