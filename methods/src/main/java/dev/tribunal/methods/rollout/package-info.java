/**
 * What a method learns from: rollouts with their log-probabilities, rewards and verdicts.
 *
 * <p>{@link dev.tribunal.methods.rollout.RatedGroup} holds the {@link dev.tribunal.methods.rollout.RatedRollout}s of one
 * prompt; {@link dev.tribunal.methods.rollout.Advantages} centres their rewards, and
 * {@link dev.tribunal.methods.rollout.Ranking} finds the best and the worst among them. Plain Java over doubles.
 */
@NullMarked
package dev.tribunal.methods.rollout;

import org.jspecify.annotations.NullMarked;
