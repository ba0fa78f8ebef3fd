package dev.tribunal.contracts.runs.v1.run;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened to a run.
 *
 * @param sequence rises within a run, from 1: the {@code id:} of the event stream. Those of steps that a resumed run has
 *     taken back are missing, and none is given twice
 * @param type {@code state}, {@code step}, {@code evaluation}, {@code checkpoint}, {@code best} (a checkpoint is the best one so far), {@code artifact} (a stage is finished), {@code warning}, {@code recovered} (what
 *     the run waited for is back), {@code resumed} (the run goes on from the checkpoint of {@code data.step}; the
 *     {@code data.steps} steps after it are taken again), {@code alarm} (raised, or over where {@code data.over} is true)
 */
public record RunEvent(long sequence, Instant time, String type, String message, Map<String, Object> data) {}
