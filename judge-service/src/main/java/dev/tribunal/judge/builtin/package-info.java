/** The judges that ship: for a name and version the judge, or why it is not there. */
@NullMarked
package dev.tribunal.judge.builtin;

import org.jspecify.annotations.NullMarked;
