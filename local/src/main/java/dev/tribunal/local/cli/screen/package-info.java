/** What a person sees of a command: lines, colours and tables. */
@NullMarked
package dev.tribunal.local.cli.screen;

import org.jspecify.annotations.NullMarked;
