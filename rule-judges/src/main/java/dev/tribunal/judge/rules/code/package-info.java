/**
 * The judge {@code code}: a completion's program passes all unit tests of its prompt.
 *
 * <p>Input: a completion and {@code metadata.tests}. {@link dev.tribunal.judge.rules.code.CodeBlock} finds the program,
 * {@link dev.tribunal.judge.rules.code.Trial} runs it with its tests in a
 * {@link dev.tribunal.judge.rules.code.Sandbox}, and what does not come back from there is violated, unless it is the
 * sandbox that failed: then it is undecided.
 */
@NullMarked
package dev.tribunal.judge.rules.code;

import org.jspecify.annotations.NullMarked;
