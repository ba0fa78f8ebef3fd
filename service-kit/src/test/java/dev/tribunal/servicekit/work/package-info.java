@NullMarked
package dev.tribunal.servicekit.work;

import org.jspecify.annotations.NullMarked;
