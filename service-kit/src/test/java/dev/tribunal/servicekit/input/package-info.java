@NullMarked
package dev.tribunal.servicekit.input;

import org.jspecify.annotations.NullMarked;
