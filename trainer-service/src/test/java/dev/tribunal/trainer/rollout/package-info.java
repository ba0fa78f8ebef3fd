@NullMarked
package dev.tribunal.trainer.rollout;

import org.jspecify.annotations.NullMarked;
