@NullMarked
package dev.tribunal.judge.rules.math;

import org.jspecify.annotations.NullMarked;
