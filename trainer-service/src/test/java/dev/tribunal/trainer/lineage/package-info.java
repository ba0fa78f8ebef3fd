@NullMarked
package dev.tribunal.trainer.lineage;

import org.jspecify.annotations.NullMarked;
