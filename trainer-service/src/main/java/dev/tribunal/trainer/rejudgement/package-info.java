/**
 * Rejudgements: stored completions judged again, and what of their rewards and weights would have been others.
 *
 * <p>Input: episodes, and a judge, a version of it or a threshold. Output: verdicts beside the stored ones, and how they
 * differ.
 */
@NullMarked
package dev.tribunal.trainer.rejudgement;

import org.jspecify.annotations.NullMarked;
