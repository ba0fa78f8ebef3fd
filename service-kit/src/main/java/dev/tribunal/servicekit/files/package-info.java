/** Files that requests refer to: where they may lie, and JSON lines with line-numbered errors. */
@NullMarked
package dev.tribunal.servicekit.files;

import org.jspecify.annotations.NullMarked;
