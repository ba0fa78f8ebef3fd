/** The metrics of runs: their names, their catalogue and how they are given out. */
@NullMarked
package dev.tribunal.contracts.runs.v1.metric;

import org.jspecify.annotations.NullMarked;
