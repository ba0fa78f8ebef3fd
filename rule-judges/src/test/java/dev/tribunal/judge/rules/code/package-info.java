@NullMarked
package dev.tribunal.judge.rules.code;

import org.jspecify.annotations.NullMarked;
