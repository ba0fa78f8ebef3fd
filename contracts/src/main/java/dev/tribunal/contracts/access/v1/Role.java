package dev.tribunal.contracts.access.v1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a caller may do. Each may read; the rest adds up where a caller has several. */
public enum Role {
    /** Reads everything of its namespaces, and changes nothing. */
    @JsonProperty("viewer")
    VIEWER,
    /** Creates, controls and deletes runs and what belongs to them. */
    @JsonProperty("operator")
    OPERATOR,
    /** Registers judges and reward models, and decides how long they serve. */
    @JsonProperty("judge-owner")
    JUDGE_OWNER,
    /** All of that, and access tokens and the audit log. */
    @JsonProperty("admin")
    ADMIN
}
