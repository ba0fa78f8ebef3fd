/**
 * Methods that learn from completions that the policy samples, with their rewards and verdicts.
 *
 * <p>Input: groups of rated rollouts. Output: their losses. Where a method's card says nothing else, the reward of an
 * infeasible completion is 0 (CGPO, arXiv 2409.20370, eq. 8); without judges all are feasible.
 */
@NullMarked
package dev.tribunal.methods.online;

import org.jspecify.annotations.NullMarked;
