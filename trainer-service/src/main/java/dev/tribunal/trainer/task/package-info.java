/**
 * What one task of a stage learns from, and how.
 *
 * <p>Input: the task's spec with its files, reward models and judges. Output: a
 * {@link dev.tribunal.trainer.task.TrainingTask} that knows its next prompts or rows
 * ({@link dev.tribunal.trainer.task.SampledPrompts}, {@link dev.tribunal.trainer.task.Dataset}), who is asked about its
 * completions ({@link dev.tribunal.trainer.task.Assessor}), its reference, baseline completions and critic, and makes a
 * {@link dev.tribunal.trainer.task.Batch} of groups.
 */
@NullMarked
package dev.tribunal.trainer.task;

import org.jspecify.annotations.NullMarked;
