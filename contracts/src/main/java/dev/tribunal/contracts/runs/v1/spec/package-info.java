/** A run as a person writes it: its spec, stages, evaluation and alarms. */
@NullMarked
package dev.tribunal.contracts.runs.v1.spec;

import org.jspecify.annotations.NullMarked;
