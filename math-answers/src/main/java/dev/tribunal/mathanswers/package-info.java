/**
 * What a text gives as its answer, and whether two answers are the same.
 *
 * <p>{@link dev.tribunal.mathanswers.MathAnswers} is the door. {@link dev.tribunal.mathanswers.AnswerExtractor} finds the
 * words in which a text gives its answer, {@link dev.tribunal.mathanswers.MathReader} reads them as an
 * {@link dev.tribunal.mathanswers.Answer}, {@link dev.tribunal.mathanswers.Comparison} says why two answers differ, and
 * {@link dev.tribunal.mathanswers.Equivalence} whether two of their terms are equal: by exact
 * {@link dev.tribunal.mathanswers.Algebra}, or at {@link dev.tribunal.mathanswers.Point}s. All of it is bounded in work:
 * completions are not to be trusted. It is one package, so that the door alone is public.
 */
@NullMarked
package dev.tribunal.mathanswers;

import org.jspecify.annotations.NullMarked;
