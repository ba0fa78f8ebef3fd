/**
 * Generations: a checkpoint answers prompts by a strategy, in the background.
 *
 * <p>Input: a request that {@link dev.tribunal.trainer.inference.GenerationPlans} has checked. Output: an answer a prompt,
 * stored as soon as it is found.
 */
@NullMarked
package dev.tribunal.trainer.inference;

import org.jspecify.annotations.NullMarked;
