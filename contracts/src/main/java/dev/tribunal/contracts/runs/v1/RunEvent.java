package dev.tribunal.contracts.runs.v1;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a run.
 *
 * @param sequence rises by one from 1 within a run: the {@code id:} of the event stream
 * @param type {@code state}, {@code step}, {@code evaluation}, {@code checkpoint}, {@code warning}
 */
public record RunEvent(long sequence, Instant time, String type, String message, Map<String, Object> data) {}
