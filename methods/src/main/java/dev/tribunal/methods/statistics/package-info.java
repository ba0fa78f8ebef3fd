/**
 * How sure a measured mean, share or agreement is.
 *
 * <p>Input: what was measured of each prompt. Output: the bounds of its interval.
 */
@NullMarked
package dev.tribunal.methods.statistics;

import org.jspecify.annotations.NullMarked;
