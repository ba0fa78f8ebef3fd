/** Work that waits in a table and is taken from there by one trainer after the other. */
@NullMarked
package dev.tribunal.trainer.queue;

import org.jspecify.annotations.NullMarked;
