/**
 * Sampling: prompts are prefilled once for all their samples, then every live sample gets a token a step.
 *
 * <p>Input: prompts with a random key for each sample. Output: completions with their log-probabilities, each handed
 * over when it is finished.
 */
@NullMarked
package dev.tribunal.languagemodel.generation;

import org.jspecify.annotations.NullMarked;
