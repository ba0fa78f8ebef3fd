/**
 * The policy answers prompts.
 *
 * <p>Input: a prompt's token ids and one random key a completion. Output: groups of
 * {@link dev.tribunal.trainer.generation.Completion}s, each as soon as its last completion is finished.
 */
@NullMarked
package dev.tribunal.trainer.generation;

import org.jspecify.annotations.NullMarked;
