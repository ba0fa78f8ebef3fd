package dev.tribunal.contracts.judge.v1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A judge's answer about one item. Undecided is never a number and never a silent pass or fail. */
public enum Verdict {
    @JsonProperty("satisfied")
    SATISFIED,
    @JsonProperty("violated")
    VIOLATED,
    @JsonProperty("undecided")
    UNDECIDED
}
