/**
 * Write a judge: implement {@link dev.tribunal.judge.sdk.ItemJudge} or {@link dev.tribunal.judge.sdk.Judge}, start it
 * with {@link dev.tribunal.judge.sdk.JudgeServer} and get a service that speaks judge/v1.
 *
 * <p>Input: items with completions; output: one verdict an item.
 * {@link dev.tribunal.judge.sdk.conformance.JudgeConformance} is the gate that a judge has to pass to be registered.
 */
@NullMarked
package dev.tribunal.judge.sdk;

import org.jspecify.annotations.NullMarked;
