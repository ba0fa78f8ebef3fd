/**
 * The judge {@code math-answer}: the same answer as the reference, in whatever form.
 *
 * <p>Input: a completion and {@code reference.answer}. Output: what {@link dev.tribunal.mathanswers.MathAnswers} finds
 * out about the two, as a verdict.
 */
@NullMarked
package dev.tribunal.judge.rules.math;

import org.jspecify.annotations.NullMarked;
