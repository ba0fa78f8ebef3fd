/**
 * Metrics in the forms of other tools.
 *
 * <p>Input: a run and all its metrics. Output: CSV, JSON lines, TensorBoard's event files, or runs of an MLflow server.
 */
@NullMarked
package dev.tribunal.local.export;

import org.jspecify.annotations.NullMarked;
