/** {@code demo}: the whole of it, small. */
@NullMarked
package dev.tribunal.local.cli.demo;

import org.jspecify.annotations.NullMarked;
