/**
 * The command line: {@code up} and {@code demo} start a platform; {@code generate}, {@code bench} and {@code merge} work
 * on checkpoints in their own process; everything else is a thin client of a running platform.
 *
 * <p>Input: arguments, {@code TRIBUNAL_URL}, {@code TRIBUNAL_TOKEN}. Output: text, or one JSON object as the last line
 * of standard output, and an exit code: 0 success, 1 a run that failed or a request that was refused, 2 wrong usage.
 */
@NullMarked
package dev.tribunal.local.cli;

import org.jspecify.annotations.NullMarked;
