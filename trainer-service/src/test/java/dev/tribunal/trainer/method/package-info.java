@NullMarked
package dev.tribunal.trainer.method;

import org.jspecify.annotations.NullMarked;
