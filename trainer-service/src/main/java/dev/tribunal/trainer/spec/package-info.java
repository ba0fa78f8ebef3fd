/**
 * The spec of a run: read from JSON or YAML, then resolved against the files, judges and reward models that it names,
 * with all mistakes of both kinds found at once.
 *
 * <p>In: a request's body. Out: a {@link dev.tribunal.contracts.runs.v1.spec.RunSpec} with every default filled in and
 * every version pinned, or one error with a JSON pointer for each mistake.
 */
@NullMarked
package dev.tribunal.trainer.spec;

import org.jspecify.annotations.NullMarked;
