/** A checkpoint answers prompts by a strategy. */
@NullMarked
package dev.tribunal.contracts.runs.v1.generation;

import org.jspecify.annotations.NullMarked;
