package dev.tribunal.contracts.runs.v1.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a run is in its life. */
public enum RunState {
    /** Its prompt files are being checked, which took too long for the answer that created it; then it is queued. */
    @JsonProperty("validating")
    VALIDATING,
    @JsonProperty("queued")
    QUEUED,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("pausing")
    PAUSING,
    @JsonProperty("paused")
    PAUSED,
    @JsonProperty("cancelling")
    CANCELLING,
    @JsonProperty("succeeded")
    SUCCEEDED,
    @JsonProperty("failed")
    FAILED,
    @JsonProperty("cancelled")
    CANCELLED;

    /** Whether nothing can change any more. */
    public boolean terminal() {
        return switch (this) {
            case SUCCEEDED, FAILED, CANCELLED -> true;
            case VALIDATING, QUEUED, RUNNING, PAUSING, PAUSED, CANCELLING -> false;
        };
    }
}
