/**
 * What the task's judges say of completions.
 *
 * <p>Input: prompts and completions. Output: for each completion one verdict of every judge. A judge or a judge service
 * that fails gives undecided verdicts.
 */
@NullMarked
package dev.tribunal.trainer.judgement;

import org.jspecify.annotations.NullMarked;
