/**
 * The part of Jinja that chat templates are written in, with Python's meaning of every value.
 *
 * <p>Input: a template's text and variables. Output: the text that Jinja 3.1 renders in the sandbox that transformers
 * sets up: {@code trim_blocks}, {@code lstrip_blocks}, {@code break} and {@code continue}, {@code generation} blocks,
 * its {@code tojson}, {@code raise_exception}, {@code strftime_now}, {@code namespace} and {@code dict}. A template is
 * foreign code: it reaches nothing but its variables, and time, output and memory are bounded. What is not
 * understood is refused with the template's line, never guessed.
 *
 * <p>In the order in which a template flows: {@link dev.tribunal.chattemplate.Lexer} (text to
 * tokens, white space removed), {@code Parser} and {@code ExpressionParser} (to {@code Statement} and
 * {@code Expression}), {@code Interpreter} and {@code Evaluator} (to text), over {@code Value} with its
 * {@code Operations}, {@code Attributes}, {@code StringMethods}, {@code Filters}, {@code Tests} and {@code Globals}.
 */
@NullMarked
package dev.tribunal.chattemplate;

import org.jspecify.annotations.NullMarked;
