package dev.tribunal.contracts.runs.v1.label;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a person says of a rollout. */
public enum LabelVerdict {
    @JsonProperty("satisfied")
    SATISFIED,
    @JsonProperty("violated")
    VIOLATED,
    /** The person has read it and cannot say; it counts in no agreement. */
    @JsonProperty("skip")
    SKIP
}
