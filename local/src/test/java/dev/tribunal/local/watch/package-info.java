@NullMarked
package dev.tribunal.local.watch;

import org.jspecify.annotations.NullMarked;
