/** runs/v1: what a run is told ({@link dev.tribunal.contracts.runs.v1.RunSpec}) and what it tells. */
@NullMarked
package dev.tribunal.contracts.runs.v1;

import org.jspecify.annotations.NullMarked;
