@NullMarked
package dev.tribunal.judge.registry;

import org.jspecify.annotations.NullMarked;
