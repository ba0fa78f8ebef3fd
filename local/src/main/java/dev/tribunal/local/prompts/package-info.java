/**
 * Turns published data sets into prompt files.
 *
 * <p>Input: a data set's own file. Output: JSON lines of {@code prompt}, and where the set has them
 * {@code reference}, {@code baseline} and {@code metadata}, as a run spec's {@code prompts.source} reads them.
 */
@NullMarked
package dev.tribunal.local.prompts;

import org.jspecify.annotations.NullMarked;
