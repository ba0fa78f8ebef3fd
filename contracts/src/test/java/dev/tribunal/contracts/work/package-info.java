@NullMarked
package dev.tribunal.contracts.work;

import org.jspecify.annotations.NullMarked;
