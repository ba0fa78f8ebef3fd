/** {@code embedded}: rebuilds the checkpoints that ship. */
@NullMarked
package dev.tribunal.local.cli.embedded;

import org.jspecify.annotations.NullMarked;
