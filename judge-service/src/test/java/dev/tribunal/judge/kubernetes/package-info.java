@NullMarked
package dev.tribunal.judge.kubernetes;

import org.jspecify.annotations.NullMarked;
