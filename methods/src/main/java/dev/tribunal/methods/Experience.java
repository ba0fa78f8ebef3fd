package dev.tribunal.methods;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a method learns from. */
public enum Experience {
    /** Completions that the policy samples, with scores and verdicts. */
    @JsonProperty("rollouts")
    ROLLOUTS,
    /** Given pairs of a chosen and a rejected completion. */
    @JsonProperty("pairs")
    PAIRS,
    /** Given completions to imitate. */
    @JsonProperty("demonstrations")
    DEMONSTRATIONS,
    /** Given completions with scores. */
    @JsonProperty("rated-answers")
    RATED_ANSWERS
}
