/**
 * Episodes: every rollout as stored, with all that rebuilds its reward and its weight.
 *
 * <p>In: the rollouts of a committed step. Out: rows, and pages of them by step, task, judge, verdict and split.
 */
@NullMarked
package dev.tribunal.trainer.episode;

import org.jspecify.annotations.NullMarked;
