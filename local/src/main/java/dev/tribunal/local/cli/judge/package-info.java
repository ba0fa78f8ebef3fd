/** {@code judge}: registers, tests, asks and ends judges. */
@NullMarked
package dev.tribunal.local.cli.judge;

import org.jspecify.annotations.NullMarked;
