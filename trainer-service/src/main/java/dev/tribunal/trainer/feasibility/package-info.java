/**
 * Whether a completion is feasible: what its judges' verdicts amount to.
 *
 * <p>Input: verdicts. Output: feasible, infeasible or undecided.
 */
@NullMarked
package dev.tribunal.trainer.feasibility;

import org.jspecify.annotations.NullMarked;
