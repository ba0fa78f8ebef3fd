/**
 * The last stage: the policy as a Hugging Face directory, with what a continued training needs beside it.
 *
 * <p>Input: the policy, the gradient optimizer's state, the prompt cursors. Output: a
 * {@link dev.tribunal.trainer.checkpoint.Checkpoint} on disk.
 */
@NullMarked
package dev.tribunal.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
