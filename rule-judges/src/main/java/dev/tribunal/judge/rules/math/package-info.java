/**
 * The judge {@code math-answer}: the same answer as the reference, in whatever form.
 *
 * <p>Input: a completion and {@code reference.answer}. {@link dev.tribunal.judge.rules.math.AnswerExtractor} finds the
 * words in which a text gives its answer, {@link dev.tribunal.judge.rules.math.MathReader} reads them as an
 * {@link dev.tribunal.judge.rules.math.Answer}, {@link dev.tribunal.judge.rules.math.Comparison} says why two answers
 * differ, and {@link dev.tribunal.judge.rules.math.Equivalence} whether two of their terms are equal: by exact
 * {@link dev.tribunal.judge.rules.math.Algebra}, or at {@link dev.tribunal.judge.rules.math.Point}s. All of it is
 * bounded in work: completions are not to be trusted.
 */
@NullMarked
package dev.tribunal.judge.rules.math;

import org.jspecify.annotations.NullMarked;
