/**
 * What answers HTTP: a spec comes in and becomes a run; runs, events, metrics, checkpoints and episodes go out.
 *
 * <p>Input: requests of the runs API. Output: its resources.
 */
@NullMarked
package dev.tribunal.trainer.api;

import org.jspecify.annotations.NullMarked;
