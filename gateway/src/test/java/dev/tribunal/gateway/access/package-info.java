@NullMarked
package dev.tribunal.gateway.access;

import org.jspecify.annotations.NullMarked;
