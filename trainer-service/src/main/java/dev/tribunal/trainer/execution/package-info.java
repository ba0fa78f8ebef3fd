/**
 * What executes runs: queued ones are claimed under a lease, validated and trained, and their steps written down.
 *
 * <p>Input: rows of runs. Output: rows of steps, metrics, events and checkpoints. The training itself is the
 * {@code training} package, which writes through {@link dev.tribunal.trainer.journal.RunJournal}.
 */
@NullMarked
package dev.tribunal.trainer.execution;

import org.jspecify.annotations.NullMarked;
