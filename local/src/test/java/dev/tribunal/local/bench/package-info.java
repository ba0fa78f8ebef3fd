@NullMarked
package dev.tribunal.local.bench;

import org.jspecify.annotations.NullMarked;
