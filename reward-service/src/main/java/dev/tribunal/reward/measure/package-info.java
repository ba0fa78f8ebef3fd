/**
 * How good a reward model is. In: the scores of the two completions of each pair. Out: accuracy with its interval,
 * calibration, and how much length decides.
 */
@NullMarked
package dev.tribunal.reward.measure;

import org.jspecify.annotations.NullMarked;
