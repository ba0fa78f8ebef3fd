/**
 * The loop of one stage of training, from its first step to its last.
 *
 * <p>Read {@link dev.tribunal.trainer.training.TrainingLoop} beside the paper, then what it calls in turn:
 * {@link dev.tribunal.trainer.training.RolloutCollector} samples, and asks reward models and judges;
 * {@link dev.tribunal.trainer.training.TaskUpdate} decides who is in the batch and asks the policy optimizer;
 * {@link dev.tribunal.trainer.training.GradientAccumulator} adds up and steps.
 */
@NullMarked
package dev.tribunal.trainer.training;

import org.jspecify.annotations.NullMarked;
