/**
 * What runs in the sandbox for Java: one process compiles a completion with its tests and runs the tests, the other has
 * the completion's classes. The service carries these classes there and never runs them itself; they use nothing but the
 * JDK.
 */
@NullMarked
package dev.tribunal.judge.rules.code.sandboxed;

import org.jspecify.annotations.NullMarked;
