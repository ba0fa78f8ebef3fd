/**
 * Judges that are rules: what they have in common. Each has a package of its own: {@code instruction}, {@code math},
 * {@code text}.
 */
@NullMarked
package dev.tribunal.judge.rules;

import org.jspecify.annotations.NullMarked;
