/**
 * The judge service: the mixture of judges.
 *
 * <p>Rooms: {@code rules} (the judges that ship and compute), {@code fanout} (asks judges, wherever they run),
 * {@code openai} (asks language models on servers), {@code llm} (the judges that ask a language model),
 * {@code protocols} (servers of other systems, and graders), {@code registry} (which judges there are, and the gate that
 * an external judge has to pass), {@code kubernetes} (judges that register themselves there).
 */
@NullMarked
package dev.tribunal.judge;

import org.jspecify.annotations.NullMarked;
