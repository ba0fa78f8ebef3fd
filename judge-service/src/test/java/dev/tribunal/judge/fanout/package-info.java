@NullMarked
package dev.tribunal.judge.fanout;

import org.jspecify.annotations.NullMarked;
