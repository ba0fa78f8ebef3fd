/** Runs as they are: states, events, episodes, checkpoints and artifacts. */
@NullMarked
package dev.tribunal.contracts.runs.v1.run;

import org.jspecify.annotations.NullMarked;
