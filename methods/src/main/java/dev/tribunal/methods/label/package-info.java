/**
 * What a stage makes of rows: pairs and demonstrations from completions, and pairs that say more than which completion is
 * preferred.
 *
 * <p>Input: scores. Output: which completions stand against each other, how sure that is, and what a prompt asks for.
 */
@NullMarked
package dev.tribunal.methods.label;

import org.jspecify.annotations.NullMarked;
