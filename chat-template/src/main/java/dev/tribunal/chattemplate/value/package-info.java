/**
 * What templates compute with: Python's values, their operators, their methods and how they are printed. Values call and are
 * called (a macro is a value, {@code format} prints values), so they stand together.
 */
@NullMarked
package dev.tribunal.chattemplate.value;

import org.jspecify.annotations.NullMarked;
