/**
 * What reward models are trained by. Input: scores of a completion, of the two of a pair, or of a head's classes. Output:
 * the loss and its slopes in those scores.
 */
@NullMarked
package dev.tribunal.methods.rewardmodel;

import org.jspecify.annotations.NullMarked;
