@NullMarked
package dev.tribunal.local.cli;

import org.jspecify.annotations.NullMarked;
