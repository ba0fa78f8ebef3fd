/**
 * Reward models as versioned resources. In: a registration. Out: a version that is ready, its checkpoint in {@code
 * tribunal.reward.data/NAME/VERSION}; or one that failed, with the reason. Versions are prepared one at a time in the
 * background.
 */
@NullMarked
package dev.tribunal.reward.model;

import org.jspecify.annotations.NullMarked;
