@NullMarked
package dev.tribunal.servicekit.outbound;

import org.jspecify.annotations.NullMarked;
