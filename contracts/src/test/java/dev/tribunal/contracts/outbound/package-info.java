@NullMarked
package dev.tribunal.contracts.outbound;

import org.jspecify.annotations.NullMarked;
