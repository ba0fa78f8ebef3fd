@NullMarked
package dev.tribunal.judge.rules.text;

import org.jspecify.annotations.NullMarked;
