/** Stored completions, judged again. */
@NullMarked
package dev.tribunal.contracts.runs.v1.rejudgement;

import org.jspecify.annotations.NullMarked;
