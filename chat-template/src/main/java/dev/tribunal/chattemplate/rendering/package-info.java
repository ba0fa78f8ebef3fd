/**
 * From the tree to text. Input: statements and variables; output: what Jinja renders, within its limits of steps, time and
 * size. Filters, tests and global functions are Jinja's own.
 */
@NullMarked
package dev.tribunal.chattemplate.rendering;

import org.jspecify.annotations.NullMarked;
