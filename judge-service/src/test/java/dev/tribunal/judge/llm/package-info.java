@NullMarked
package dev.tribunal.judge.llm;

import org.jspecify.annotations.NullMarked;
