/**
 * Runs as rows: their state, leases, events, metrics and checkpoints in PostgreSQL.
 *
 * <p>Input: what execution and clients ask of a run. Output: rows, and the transitions that they allow.
 */
@NullMarked
package dev.tribunal.trainer.store;

import org.jspecify.annotations.NullMarked;
