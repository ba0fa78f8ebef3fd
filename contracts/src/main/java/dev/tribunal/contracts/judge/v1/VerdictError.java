package dev.tribunal.contracts.judge.v1;

import org.jspecify.annotations.Nullable;

/**
 * Why an item is undecided.
 *
 * @param code snake case, for counting: {@code timeout}, {@code unreachable}, {@code breaker_open},
 *     {@code http_500}, {@code malformed_answer}, ...
 * @param retryable whether asking again may help
 */
public record VerdictError(
        String code, boolean retryable, @Nullable String detail) {}
