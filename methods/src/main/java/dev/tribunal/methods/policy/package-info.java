/**
 * The policy optimizers: rated rollouts in, one number a token out.
 *
 * <p>Input: {@link dev.tribunal.methods.policy.RatedGroup}s, which hold decided and scored rollouts only. Output:
 * dLoss/dlog pi of every token, in {@link dev.tribunal.methods.policy.WeightedGroup}s. Plain Java over doubles: one
 * method, one short file to read beside its paper.
 */
@NullMarked
package dev.tribunal.methods.policy;

import org.jspecify.annotations.NullMarked;
