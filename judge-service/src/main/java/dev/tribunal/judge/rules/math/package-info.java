/**
 * The judge {@code math-answer}: the same number as the reference, however it is written.
 *
 * <p>Input: a completion and {@code reference.answer}. {@link dev.tribunal.judge.rules.math.AnswerExtractor} finds
 * what the completion answers, {@link dev.tribunal.judge.rules.math.NumberReader} reads it as an exact fraction.
 */
@NullMarked
package dev.tribunal.judge.rules.math;

import org.jspecify.annotations.NullMarked;
