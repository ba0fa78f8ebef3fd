package dev.tribunal.contracts.judge.v1.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a judge. What was asked of it is known since the service started, and up to the latest 500
 * entries.
 *
 * @param time of the first call, where several are told together
 * @param event {@code registered}, {@code gate} (the conformance gate decided), {@code contact} (it was looked at),
 *     {@code answered} (calls after which every item had a verdict), {@code undecided} (items of a call that have none) or
 *     {@code breaker}
 * @param message for a person
 * @param code of an {@code undecided}, as in the verdicts' errors
 * @param calls that are told together; absent where nothing was asked
 * @param items of the calls that it is about
 * @param requestId of the latest call
 * @param latencyMs of the slowest call, waiting and retries included
 */
public record JudgeLogEntry(
        Instant time,
        String event,
        String message,
        @Nullable String code,
        @Nullable Integer calls,
        @Nullable Integer items,
        @Nullable String requestId,
        @Nullable Long latencyMs) {}
