/**
 * OpenAI's graders, from the JSON that OpenAI's own API takes.
 *
 * <p>Input: a grader and an item; output: a score, or why there is none. {@code string_check},
 * {@code text_similarity} and {@code multi} are worked out here, {@code score_model} and {@code label_model} by a
 * model on an OpenAI-compatible server.
 */
@NullMarked
package dev.tribunal.judge.protocols.grader;

import org.jspecify.annotations.NullMarked;
