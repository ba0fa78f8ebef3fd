/**
 * Servers of other systems that score completions, asked in their own words.
 *
 * <p>Input: a {@link dev.tribunal.contracts.common.ScoringServer} and items; output: one
 * {@link dev.tribunal.servicekit.protocols.Score} an item. Who sends the requests, and through which guards, is the
 * caller's: here is only what is said. The judge service turns a score into a verdict, the reward service takes it as
 * it is.
 */
@NullMarked
package dev.tribunal.servicekit.protocols;

import org.jspecify.annotations.NullMarked;
