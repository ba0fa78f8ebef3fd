@NullMarked
package dev.tribunal.judge.protocols.grader;

import org.jspecify.annotations.NullMarked;
