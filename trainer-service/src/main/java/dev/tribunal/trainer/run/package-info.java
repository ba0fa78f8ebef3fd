/**
 * Runs as resources: a spec comes in over HTTP, is queued as a run, claimed under a lease and trained; its steps,
 * metrics, events and checkpoints go out over HTTP.
 *
 * <p>In: a spec. Out: rows in PostgreSQL, and what the runs API tells of them. The training itself is the
 * {@code training} package, which writes through {@link dev.tribunal.trainer.training.RunJournal}.
 */
@NullMarked
package dev.tribunal.trainer.run;

import org.jspecify.annotations.NullMarked;
