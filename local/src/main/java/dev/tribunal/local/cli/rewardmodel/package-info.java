/** {@code reward-model}: makes and shows reward models. */
@NullMarked
package dev.tribunal.local.cli.rewardmodel;

import org.jspecify.annotations.NullMarked;
