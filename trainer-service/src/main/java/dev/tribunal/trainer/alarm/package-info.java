/**
 * What makes a run doubtful. Input: the metrics of a stage's committed steps and evaluations, and the spec's thresholds.
 * Output: the alarms that there is reason for now. Pure functions, so that a run that is taken up again has the same.
 */
@NullMarked
package dev.tribunal.trainer.alarm;

import org.jspecify.annotations.NullMarked;
