@NullMarked
package dev.tribunal.judge.openai;

import org.jspecify.annotations.NullMarked;
