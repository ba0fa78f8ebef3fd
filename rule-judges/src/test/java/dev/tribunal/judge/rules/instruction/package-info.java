@NullMarked
package dev.tribunal.judge.rules.instruction;

import org.jspecify.annotations.NullMarked;
