/**
 * The trainer service. A step flows through {@code prompt}, {@code generation}, {@code reward}, {@code judgement},
 * {@code feasibility}, {@code optimizer} and {@code checkpoint}; {@code training} is the loop over them, {@code run}
 * the resource that people start and watch, {@code episode} what is kept of every rollout.
 */
@NullMarked
package dev.tribunal.trainer;

import org.jspecify.annotations.NullMarked;
