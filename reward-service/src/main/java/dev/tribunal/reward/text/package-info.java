/**
 * What a reward model reads. In: a prompt's messages and a completion. Out: token ids, in mini-batches of bounded
 * size. Training and scoring share it, so that a reward model is asked exactly the way it was taught.
 */
@NullMarked
package dev.tribunal.reward.text;

import org.jspecify.annotations.NullMarked;
