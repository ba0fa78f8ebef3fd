/**
 * Reward models, measured on files of pairs. In: a version that is ready and a file. Out: how often it prefers the chosen
 * completion, by the file's subsets. Evaluations are done one at a time in the background.
 */
@NullMarked
package dev.tribunal.reward.evaluation;

import org.jspecify.annotations.NullMarked;
