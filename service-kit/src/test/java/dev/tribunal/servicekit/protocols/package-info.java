@NullMarked
package dev.tribunal.servicekit.protocols;

import org.jspecify.annotations.NullMarked;
