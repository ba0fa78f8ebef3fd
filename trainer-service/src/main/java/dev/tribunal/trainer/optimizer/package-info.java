/**
 * The policy optimizers: rated rollouts in, one number a token out.
 *
 * <p>Input: {@link dev.tribunal.trainer.optimizer.RatedGroup}s, which hold decided and scored rollouts only. Output:
 * dLoss/dlog pi of every token, in {@link dev.tribunal.trainer.optimizer.WeightedGroup}s. Plain Java over doubles: one
 * method, one short file to read beside its paper.
 */
@NullMarked
package dev.tribunal.trainer.optimizer;

import org.jspecify.annotations.NullMarked;
