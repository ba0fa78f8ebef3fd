@NullMarked
package dev.tribunal.local.platform;

import org.jspecify.annotations.NullMarked;
