/**
 * The seam between methods and the trainer: rated groups in, losses out, and their slopes between forward and backward.
 *
 * <p>Input: {@link dev.tribunal.methods.rollout.RatedGroup}s, one task's minibatch. A
 * {@link dev.tribunal.methods.loss.PolicyOptimizer} says before the forward pass which
 * {@link dev.tribunal.methods.loss.LossTerm}s there are: who is in, pairs, advantages, n. After it each term turns
 * what the policy says {@link dev.tribunal.methods.loss.Now} into {@link dev.tribunal.methods.loss.Slopes}. Every loss
 * is one to minimise and has its 1/n in it. Plain Java over doubles.
 */
@NullMarked
package dev.tribunal.methods.loss;

import org.jspecify.annotations.NullMarked;
