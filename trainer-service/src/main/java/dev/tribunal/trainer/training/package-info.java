/**
 * The loop around the stages: {@link dev.tribunal.trainer.training.TrainingRun} trains one run from its resolved spec
 * to its end. Input: a spec and the services it names. Output: steps, episodes, metrics and checkpoints, written to a
 * {@link dev.tribunal.trainer.training.RunJournal}.
 */
@NullMarked
package dev.tribunal.trainer.training;

import org.jspecify.annotations.NullMarked;
