/** {@code bench}: what a training step and the judges cost on this machine. */
@NullMarked
package dev.tribunal.local.cli.bench;

import org.jspecify.annotations.NullMarked;
