/** JSON from outside that decides something: read in one way, or refused with words that say what to mend. */
@NullMarked
package dev.tribunal.servicekit.json;

import org.jspecify.annotations.NullMarked;
