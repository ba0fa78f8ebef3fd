/**
 * Which language a text is in, as langdetect says it. Input: a text; output: the most likely language's code.
 */
@NullMarked
package dev.tribunal.judge.rules.instruction.language;

import org.jspecify.annotations.NullMarked;
