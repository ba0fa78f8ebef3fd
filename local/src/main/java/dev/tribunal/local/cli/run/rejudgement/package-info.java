/** {@code run rejudge} and {@code run rejudgements}: what other judges would have said of a run's completions. */
@NullMarked
package dev.tribunal.local.cli.run.rejudgement;

import org.jspecify.annotations.NullMarked;
