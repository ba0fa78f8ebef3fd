@NullMarked
package dev.tribunal.judge.adapter.grader;

import org.jspecify.annotations.NullMarked;
