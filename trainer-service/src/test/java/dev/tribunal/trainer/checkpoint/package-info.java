@NullMarked
package dev.tribunal.trainer.checkpoint;

import org.jspecify.annotations.NullMarked;
