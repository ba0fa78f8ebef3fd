/** Arms of one spec with several seeds, compared. */
@NullMarked
package dev.tribunal.contracts.runs.v1.comparison;

import org.jspecify.annotations.NullMarked;
