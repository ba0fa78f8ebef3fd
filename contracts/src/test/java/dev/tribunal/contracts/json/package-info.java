@NullMarked
package dev.tribunal.contracts.json;

import org.jspecify.annotations.NullMarked;
