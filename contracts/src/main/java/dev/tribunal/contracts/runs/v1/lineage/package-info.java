/** Which run came from which, and how they differ. */
@NullMarked
package dev.tribunal.contracts.runs.v1.lineage;

import org.jspecify.annotations.NullMarked;
