/**
 * Lets a person try a checkpoint.
 *
 * <p>Input: prompts, as text or as a file, and a tokenizer. Output: what the model is given for them, and its
 * completions in the order of the prompts, whatever the order in which they were finished; or, by a strategy, the one
 * that is taken of several.
 */
@NullMarked
package dev.tribunal.local.generate;

import org.jspecify.annotations.NullMarked;
