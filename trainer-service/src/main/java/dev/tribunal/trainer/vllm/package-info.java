/**
 * Rollouts from vLLM servers.
 *
 * <p>Input: the policy's adapter, written to a folder that the servers share, and prompts' token ids with their random keys.
 * Output: completions with the servers' log-probabilities. {@link dev.tribunal.trainer.vllm.VllmSampler} gives each server
 * the newest weights, compares what it answers with the trainer, and lets the others do what one of them does not.
 */
@NullMarked
package dev.tribunal.trainer.vllm;

import org.jspecify.annotations.NullMarked;
