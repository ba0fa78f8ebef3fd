/**
 * The judge service: the mixture of judges.
 *
 * <p>Rooms, in the order in which a verdict comes about: {@code rules} and {@code llm} (the judges that ship),
 * {@code fanout} (asks judges, wherever they run), {@code registry} (which judges there are, and the gate that a judge
 * of somebody else's has to pass).
 */
@NullMarked
package dev.tribunal.judge;

import org.jspecify.annotations.NullMarked;
