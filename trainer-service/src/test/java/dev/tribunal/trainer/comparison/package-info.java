@NullMarked
package dev.tribunal.trainer.comparison;

import org.jspecify.annotations.NullMarked;
