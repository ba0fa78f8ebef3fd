package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A judge's answer about one item. Undecided is never a number and never a silent pass or fail.
 *
 * <p>A judge answers one of the first three; the last is the fan-out's word for a judge that was left out.
 */
public enum Verdict {
    @JsonProperty("satisfied")
    SATISFIED,
    @JsonProperty("violated")
    VIOLATED,
    @JsonProperty("undecided")
    UNDECIDED,
    /** Nobody asked: another judge had found a violation, and the task stops there. It decides nothing. */
    @JsonProperty("not-asked")
    NOT_ASKED
}
