/**
 * The part of Jinja that chat templates are written in, with Python's meaning of every value.
 *
 * <p>Input: a template's text and variables. Output: the text that Jinja 3.1 renders in the sandbox that transformers
 * sets up: {@code trim_blocks}, {@code lstrip_blocks}, {@code break} and {@code continue}, {@code generation} blocks,
 * its {@code tojson}, {@code raise_exception}, {@code strftime_now}, {@code namespace} and {@code dict}. A template is
 * foreign code: it reaches nothing but its variables, and time, output and memory are bounded. What is not
 * understood is refused with the template's line, never guessed.
 *
 * <p>In the order in which a template flows: {@code syntax} (text to statements and expressions), {@code rendering}
 * (statements to text), over {@code value} (what is computed with).
 */
@NullMarked
package dev.tribunal.chattemplate;

import org.jspecify.annotations.NullMarked;
