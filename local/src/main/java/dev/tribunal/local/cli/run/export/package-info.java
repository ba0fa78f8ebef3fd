/** {@code run export} and {@code run download}: what a run made, as files. */
@NullMarked
package dev.tribunal.local.cli.run.export;

import org.jspecify.annotations.NullMarked;
