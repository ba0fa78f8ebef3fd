/**
 * Scores completions. In: a batch of prompts with completions, and a ready version. Out: one finite number an item,
 * or that item's error, in the order asked.
 */
@NullMarked
package dev.tribunal.reward.scoring;

import org.jspecify.annotations.NullMarked;
