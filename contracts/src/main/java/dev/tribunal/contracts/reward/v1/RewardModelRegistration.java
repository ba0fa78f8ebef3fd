package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** A new version of a reward model; versions are immutable. */
public record RewardModelRegistration(String name, String version, Source source) {

    /** Where the reward model comes from. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Train.class, name = "train"),
        @JsonSubTypes.Type(value = Import.class, name = "import")
    })
    public sealed interface Source {}

    /**
     * Train on preference pairs (Bradley-Terry) over a language model's decoder.
     *
     * @param backbone {@code hf:DIRECTORY}, a language-model checkpoint
     * @param pairs {@code file:PATH}, JSON lines of {@code prompt} or {@code messages}, {@code chosen}, {@code rejected}
     */
    public record Train(String backbone, String pairs, Training training) implements Source {}

    /** @param model {@code hf:DIRECTORY}, a sequence-classification checkpoint with one label */
    public record Import(String model) implements Source {}

    /**
     * @param epochs passes over the pairs
     * @param batchSize pairs a step
     * @param validationShare of the pairs, held out to report the accuracy; default 0.1
     */
    public record Training(
            int epochs,
            int batchSize,
            double learningRate,
            long seed,
            @Nullable Double gradientClip,
            @Nullable Integer warmupSteps,
            @Nullable Double validationShare) {}
}
