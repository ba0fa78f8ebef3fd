/**
 * What a step is about: rollouts, groups of a prompt's rollouts, and the baseline completion beside them.
 *
 * <p>Input: completions with scores and verdicts. Output: groups of decided and scored rollouts, after the task's failure
 * policy.
 */
@NullMarked
package dev.tribunal.trainer.rollout;

import org.jspecify.annotations.NullMarked;
