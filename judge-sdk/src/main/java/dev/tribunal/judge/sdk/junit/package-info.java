/** For a judge's own tests: the conformance gate as JUnit 5 tests. Needs {@code junit-jupiter-api}. */
@NullMarked
package dev.tribunal.judge.sdk.junit;

import org.jspecify.annotations.NullMarked;
