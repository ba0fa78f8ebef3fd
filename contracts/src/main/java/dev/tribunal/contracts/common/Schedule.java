package dev.tribunal.contracts.common;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The learning rate after warm-up. */
public enum Schedule {
    @JsonProperty("constant")
    CONSTANT,
    /** Falls linearly, and would reach 0 one step after the last. */
    @JsonProperty("linear")
    LINEAR,
    /** Falls along half a cosine, and would reach 0 one step after the last. */
    @JsonProperty("cosine")
    COSINE;

    /**
     * What the learning rate is multiplied by.
     *
     * @param done share of the steps after the warm-up that are done, in [0, 1)
     */
    public double factor(double done) {
        return switch (this) {
            case CONSTANT -> 1;
            case LINEAR -> 1 - done;
            case COSINE -> (1 + Math.cos(Math.PI * done)) / 2;
        };
    }
}
