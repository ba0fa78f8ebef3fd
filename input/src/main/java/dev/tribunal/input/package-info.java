/**
 * How a record says what a person may write: beside Jackson's names and Bean Validation's limits, the defaults, the
 * words that stand for values, and the rules that span fields.
 */
@NullMarked
package dev.tribunal.input;

import org.jspecify.annotations.NullMarked;
