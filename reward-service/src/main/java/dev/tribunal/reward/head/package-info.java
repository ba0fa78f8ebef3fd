/**
 * What the outputs of a reward model mean. In: the numbers that a checkpoint gives for a text. Out: a score, and what each
 * head says.
 */
@NullMarked
package dev.tribunal.reward.head;

import org.jspecify.annotations.NullMarked;
