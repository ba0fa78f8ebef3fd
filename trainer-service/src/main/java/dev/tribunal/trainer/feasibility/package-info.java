/**
 * Which rollouts are feasible, and which are in the batch at all.
 *
 * <p>Input: rollouts with score and verdicts. Output: groups of decided and scored rollouts, after the task's failure
 * policy.
 */
@NullMarked
package dev.tribunal.trainer.feasibility;

import org.jspecify.annotations.NullMarked;
