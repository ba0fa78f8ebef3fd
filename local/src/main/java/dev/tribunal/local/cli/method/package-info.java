/** {@code method}: tells which methods there are, and tries one on given groups; needs no platform. */
@NullMarked
package dev.tribunal.local.cli.method;

import org.jspecify.annotations.NullMarked;
