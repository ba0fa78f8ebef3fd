/** {@code run}: applies specs, watches runs, and tells what their judges did. */
@NullMarked
package dev.tribunal.local.cli.run;

import org.jspecify.annotations.NullMarked;
