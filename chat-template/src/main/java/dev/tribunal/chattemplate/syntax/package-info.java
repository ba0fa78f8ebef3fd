/**
 * From text to a tree. Input: a template's text; output: its {@code Statement}s and {@code Expression}s, or its line that is
 * not understood.
 */
@NullMarked
package dev.tribunal.chattemplate.syntax;

import org.jspecify.annotations.NullMarked;
