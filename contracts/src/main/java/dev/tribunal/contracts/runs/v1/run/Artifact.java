package dev.tribunal.contracts.runs.v1.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a finished stage left.
 *
 * @param stage its name
 * @param reference as another spec would name it: {@code hf:DIRECTORY} of a policy, {@code file:PATH} of rows,
 *     {@code NAME@VERSION} of a reward model
 * @param digest SHA-256; what uses it looks whether it is still the same
 * @param metrics what the stage counted and measured, by name, in its order: rows, sides of a split, mean scores; may be empty
 */
public record Artifact(
        String stage, Kind kind, String reference, String digest, Map<String, Double> metrics, Instant createdAt) {

    public Artifact {
        // An older trainer tells none.
        metrics = metrics == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** What can be made of it. */
    public enum Kind {
        /** A checkpoint that later stages start from. */
        @JsonProperty("policy")
        POLICY,
        /** Prompts with completions, as the policy gave them. */
        @JsonProperty("generations")
        GENERATIONS,
        /** Prompts with a chosen and a rejected completion. */
        @JsonProperty("pairs")
        PAIRS,
        /** Prompts with a completion that is worth learning. */
        @JsonProperty("demonstrations")
        DEMONSTRATIONS,
        /** A version of a reward model. */
        @JsonProperty("reward-model")
        REWARD_MODEL
    }
}
