@NullMarked
package dev.tribunal.trainer.api;

import org.jspecify.annotations.NullMarked;
