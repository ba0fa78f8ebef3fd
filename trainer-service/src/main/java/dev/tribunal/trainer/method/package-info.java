/**
 * What a person can learn of methods without a run.
 *
 * <p>Input: a method's name, and groups of rollouts as a person writes them. Output: the methods that there are, and what
 * one makes of the groups.
 */
@NullMarked
package dev.tribunal.trainer.method;

import org.jspecify.annotations.NullMarked;
