/**
 * Which runs come from which: the tree of forks, what differs between specs, and what a fork's patch may change.
 *
 * <p>Input: stored runs, and patches to their specs. Output: trees, differences, and the specs of forks.
 */
@NullMarked
package dev.tribunal.trainer.lineage;

import org.jspecify.annotations.NullMarked;
