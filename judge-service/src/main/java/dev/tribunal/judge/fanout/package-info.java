/**
 * Asks many judges about many items at once.
 *
 * <p>Input: a judgement request; output: for every item one verdict of every judge. Each judge has a
 * {@link dev.tribunal.judge.fanout.JudgeClient} of its own, with its deadline, retries, circuit breaker and concurrency
 * limit, whether it answers over HTTP or in this process; a judge that fails makes its own verdicts undecided and
 * nothing else.
 */
@NullMarked
package dev.tribunal.judge.fanout;

import org.jspecify.annotations.NullMarked;
