@NullMarked
package dev.tribunal.servicekit.trace;

import org.jspecify.annotations.NullMarked;
