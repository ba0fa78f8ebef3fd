/**
 * The groups of one step, sampled and assessed.
 *
 * <p>Input: the tasks' next prompts. Output: finished {@link dev.tribunal.trainer.rollout.Group}s with scores and verdicts
 * ({@link dev.tribunal.trainer.collection.RolloutCollector}), and their metrics.
 */
@NullMarked
package dev.tribunal.trainer.collection;

import org.jspecify.annotations.NullMarked;
