@NullMarked
package dev.tribunal.trainer.store;

import org.jspecify.annotations.NullMarked;
