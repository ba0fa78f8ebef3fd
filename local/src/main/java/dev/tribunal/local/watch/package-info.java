/**
 * Watching a run: its events and metrics become live progress, and a table of before and after.
 *
 * <p>Input: the runs API. Output: lines on a terminal, redrawn in place, or plain lines for a file.
 */
@NullMarked
package dev.tribunal.local.watch;

import org.jspecify.annotations.NullMarked;
