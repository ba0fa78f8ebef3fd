/**
 * The first stage: prompt files and the order in which a task's prompts are drawn.
 *
 * <p>Input: JSON lines. Output: {@link dev.tribunal.trainer.prompt.Prompt}s, drawn by a
 * {@link dev.tribunal.trainer.prompt.PromptCursor} that is part of every checkpoint.
 */
@NullMarked
package dev.tribunal.trainer.prompt;

import org.jspecify.annotations.NullMarked;
