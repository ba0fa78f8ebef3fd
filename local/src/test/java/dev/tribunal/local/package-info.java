@NullMarked
package dev.tribunal.local;

import org.jspecify.annotations.NullMarked;
