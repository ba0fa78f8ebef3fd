package dev.tribunal.contracts.runs.v1.metric;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How a value is distributed over the rollouts of a task, by part of its steps. Rollouts without the value are not counted.
 *
 * @param low the least value, where the first bin begins
 * @param high the greatest value, where the last bin ends; bins are of equal width, and hold their lower end
 * @param parts oldest first; a part without a value is absent
 */
public record HistogramResource(String task, Value value, double low, double high, List<Part> parts) {

    /**
     * Some steps of the run.
     *
     * @param fromStep the first
     * @param toStep the last
     * @param counts rollouts by bin
     */
    public record Part(int fromStep, int toStep, List<Long> counts) {}

    /** What is distributed: a field of an episode, or its length in tokens. */
    public enum Value {
        @JsonProperty("score")
        SCORE,
        @JsonProperty("reward")
        REWARD,
        @JsonProperty("calibratedReward")
        CALIBRATED_REWARD,
        @JsonProperty("regularizedReward")
        REGULARIZED_REWARD,
        @JsonProperty("logRatio")
        LOG_RATIO,
        @JsonProperty("weight")
        WEIGHT,
        @JsonProperty("completionTokens")
        COMPLETION_TOKENS
    }
}
