/**
 * From groups to weights.
 *
 * <p>Input: the tasks' groups of a step. Output: a step of the gradient optimizer.
 * {@link dev.tribunal.trainer.gradient.TaskUpdate} decides who is in the batch and asks the policy optimizer;
 * {@link dev.tribunal.trainer.gradient.GradientAccumulator} adds the tasks' gradients up, or mixes them, and steps.
 */
@NullMarked
package dev.tribunal.trainer.gradient;

import org.jspecify.annotations.NullMarked;
