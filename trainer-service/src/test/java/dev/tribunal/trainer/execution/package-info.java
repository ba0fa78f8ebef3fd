@NullMarked
package dev.tribunal.trainer.execution;

import org.jspecify.annotations.NullMarked;
