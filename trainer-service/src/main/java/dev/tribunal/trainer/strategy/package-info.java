/**
 * Strategies: how one completion of a prompt is found among several.
 *
 * <p>Input: a policy, prompts, a {@link dev.tribunal.contracts.runs.v1.generation.GenerationStrategy}, and, where it needs them, a
 * {@link dev.tribunal.trainer.strategy.Scorer} and a {@link dev.tribunal.trainer.strategy.Verifier}. Output: an answer a
 * prompt, with what it cost. Each prompt is a {@link dev.tribunal.trainer.strategy.Search} of its own; all searches' next
 * completions are sampled, scored and judged together. What is taken is decided in {@code methods.selection}, as in
 * training.
 */
@NullMarked
package dev.tribunal.trainer.strategy;

import org.jspecify.annotations.NullMarked;
