/** The methods that there are, and trials of them. */
@NullMarked
package dev.tribunal.contracts.runs.v1.method;

import org.jspecify.annotations.NullMarked;
