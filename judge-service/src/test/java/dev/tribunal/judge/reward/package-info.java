@NullMarked
package dev.tribunal.judge.reward;

import org.jspecify.annotations.NullMarked;
