@NullMarked
package dev.tribunal.servicekit.json;

import org.jspecify.annotations.NullMarked;
