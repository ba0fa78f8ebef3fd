@NullMarked
package dev.tribunal.judge.protocols;

import org.jspecify.annotations.NullMarked;
