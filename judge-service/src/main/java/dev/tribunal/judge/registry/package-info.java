/**
 * Which judges there are.
 *
 * <p>Input: the judges that ship, and registrations of judges that others run; output: for a name and version the
 * client of that judge. A registered version is immutable; it judges once it has passed the gate.
 */
@NullMarked
package dev.tribunal.judge.registry;

import org.jspecify.annotations.NullMarked;
