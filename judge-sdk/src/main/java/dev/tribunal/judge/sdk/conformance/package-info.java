/**
 * The gate that a judge passes before it judges, and that its author runs in CI. Input: a judge behind HTTP or in this
 * process, and items with the verdicts that are expected; output: one check after the other, passed or failed with what
 * to mend. What a judge answers is read here for everybody who asks one.
 */
@NullMarked
package dev.tribunal.judge.sdk.conformance;

import org.jspecify.annotations.NullMarked;
