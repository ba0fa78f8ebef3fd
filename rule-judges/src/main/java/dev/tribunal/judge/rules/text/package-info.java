/** The judges {@code length} and {@code repetition}: measures of the completion's text alone. */
@NullMarked
package dev.tribunal.judge.rules.text;

import org.jspecify.annotations.NullMarked;
