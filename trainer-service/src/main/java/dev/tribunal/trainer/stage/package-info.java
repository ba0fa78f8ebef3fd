/**
 * The stages of a run: {@link dev.tribunal.trainer.stage.TrainingRun} goes through those of its resolved spec, from the
 * first that is not finished to the end. Each leaves an artifact, that later ones name.
 *
 * <p>Input: a spec and the services it names. Output: steps, episodes, metrics, checkpoints and artifacts, written to a
 * {@link dev.tribunal.trainer.journal.RunJournal}. The stage that trains is
 * {@link dev.tribunal.trainer.stage.StageTraining}: it puts the loop of {@code training} together.
 */
@NullMarked
package dev.tribunal.trainer.stage;

import org.jspecify.annotations.NullMarked;
