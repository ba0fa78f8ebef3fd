package dev.tribunal.methods;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How rows of a file are drawn. */
public enum Draws {
    /** Each once an epoch, in an order of its own. */
    @JsonProperty("epochs")
    EPOCHS,
    /** Rated answers in proportion to their advantage, with replacement; never one that is not positive. */
    @JsonProperty("prioritised")
    PRIORITISED
}
