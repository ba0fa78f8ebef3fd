@NullMarked
package dev.tribunal.judge.adapter;

import org.jspecify.annotations.NullMarked;
