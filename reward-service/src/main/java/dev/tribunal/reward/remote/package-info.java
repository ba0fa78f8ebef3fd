/**
 * Reward models that run elsewhere: servers of other systems that give scores.
 *
 * <p>In: where a server is and what it speaks, and completions. Out: one finite score an item, or why there is none.
 */
@NullMarked
package dev.tribunal.reward.remote;

import org.jspecify.annotations.NullMarked;
