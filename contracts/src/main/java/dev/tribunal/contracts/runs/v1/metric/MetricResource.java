package dev.tribunal.contracts.runs.v1.metric;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A metric that runs may have.
 *
 * @param name as in {@code series} of a run's metrics
 * @param sentence what it is, in plain English, with the direction that is good where there is one
 * @param unit what a value counts; a {@code share} is from 0 to 1
 * @param good the direction that is good
 * @param of what stands after the name and a dot, as in {@code violationRate.JUDGE}: {@code judge}, {@code reward model},
 *     {@code task}, {@code selection} or {@code reason}; absent if nothing does
 * @param with endings under which there is more of it, as in {@code score.p90}
 */
public record MetricResource(
        String name,
        String sentence,
        String unit,
        Good good,
        @Nullable String of,
        List<String> with) {

    /** The direction in which a metric gets better. */
    public enum Good {
        @JsonProperty("up")
        UP,
        @JsonProperty("down")
        DOWN,
        /** Neither, or it depends. */
        @JsonProperty("none")
        NONE
    }
}
