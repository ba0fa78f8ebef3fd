/**
 * What is asked of a model that writes, and what it answers. Input: prompts, options and a key for the random numbers;
 * output: completions with their tokens' log-probabilities, each as it ends.
 */
@NullMarked
package dev.tribunal.languagemodel.sampling;

import org.jspecify.annotations.NullMarked;
