/**
 * The embedded default: a tiny world of five tasks that mirror the paper's, and everything that is made from it.
 *
 * <p>Input: nothing but a seed. Output: prompt files, demonstrations, preference pairs, judge examples, a tokenizer,
 * and through the platform's own runs the checkpoints under {@code examples/embedded}. The same seed gives the same
 * bytes.
 *
 * <p>Reading order: {@link dev.tribunal.embedded.Situation} (a prompt and how one may reply to it) and its five
 * kinds, {@link dev.tribunal.embedded.EmbeddedTask} (the five tasks and their split into training and held-out),
 * {@link dev.tribunal.embedded.EmbeddedData} (the files).
 */
@NullMarked
package dev.tribunal.embedded;

import org.jspecify.annotations.NullMarked;
