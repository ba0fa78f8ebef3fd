/**
 * What a judge has to show before it may judge.
 *
 * <p>Input: a registration that a person wrote. Output: all its mistakes
 * ({@link dev.tribunal.judge.registration.RegistrationCheck}), or the findings of the gate that its judge has to pass
 * ({@link dev.tribunal.judge.registration.ConformanceGate}, for LLM judges
 * {@link dev.tribunal.judge.registration.LlmGate}).
 */
@NullMarked
package dev.tribunal.judge.registration;

import org.jspecify.annotations.NullMarked;
