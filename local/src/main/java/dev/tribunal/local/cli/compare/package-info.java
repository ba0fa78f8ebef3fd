/**
 * {@code compare}: variants of a spec over seeds.
 *
 * <p>Input: a comparison's file. Output: its runs on a platform, and how the arms did.
 */
@NullMarked
package dev.tribunal.local.cli.compare;

import org.jspecify.annotations.NullMarked;
