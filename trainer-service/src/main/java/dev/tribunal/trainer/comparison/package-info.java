/**
 * Comparisons: variants of one spec, each trained with several seeds as ordinary runs that a label holds together.
 *
 * <p>Input: a base spec and patches; and the runs of a label with their metrics and held-out episodes. Output: the specs of
 * the runs, and how the arms did, with intervals over seeds and prompts.
 */
@NullMarked
package dev.tribunal.trainer.comparison;

import org.jspecify.annotations.NullMarked;
