/**
 * Measures the engine at the work of a policy-gradient step, for comparison with other trainers at the same work, and
 * the fan-out over judges behind HTTP.
 *
 * <p>Input: a checkpoint and how much to do. Output: seconds of a step and of its phases, and the memory's peak. For
 * judges: a judge service. Output: verdicts a second, and how long requests take.
 */
@NullMarked
package dev.tribunal.local.bench;

import org.jspecify.annotations.NullMarked;
