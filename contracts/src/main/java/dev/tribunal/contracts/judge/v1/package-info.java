/**
 * judge/v1: the contract that a judge speaks ({@link dev.tribunal.contracts.judge.v1.JudgeApi}), and the fan-out over a
 * task's judges ({@link dev.tribunal.contracts.judge.v1.JudgementApi}).
 *
 * <p>Unknown fields are ignored on both sides, so that either side can be newer.
 */
@NullMarked
package dev.tribunal.contracts.judge.v1;

import org.jspecify.annotations.NullMarked;
