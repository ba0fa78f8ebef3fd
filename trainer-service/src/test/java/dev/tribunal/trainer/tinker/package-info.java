@NullMarked
package dev.tribunal.trainer.tinker;

import org.jspecify.annotations.NullMarked;
