/** reward/v1: reward models as resources, and scoring with them. */
@NullMarked
package dev.tribunal.contracts.reward.v1;

import org.jspecify.annotations.NullMarked;
