/**
 * The loop of one stage of training, from its first step to its last, with its evaluations and checkpoints.
 *
 * <p>Read {@link dev.tribunal.trainer.training.TrainingLoop} beside the paper, then what it calls in turn:
 * {@link dev.tribunal.trainer.collection.RolloutCollector} samples, and asks reward models and judges;
 * {@link dev.tribunal.trainer.gradient.TaskUpdate} decides who is in the batch and asks the policy optimizer;
 * {@link dev.tribunal.trainer.gradient.GradientAccumulator} adds up and steps.
 */
@NullMarked
package dev.tribunal.trainer.training;

import org.jspecify.annotations.NullMarked;
