package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import org.jspecify.annotations.Nullable;

/** A new version of a reward model; versions are immutable. */
public record RewardModelRegistration(
        @Pattern(
                regexp = RewardModelRegistration.NAME,
                message = "must be 1 to 63 of a-z, 0-9 and -, neither first nor last a -")
        String name,

        @Pattern(regexp = RewardModelRegistration.VERSION, message = RewardModelRegistration.MUST_BE_VERSION)
        String version,

        Source source)
        implements Checked {

    public static final String NAME = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    public static final String VERSION = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
    public static final int MAX_EPOCHS = 1000;
    public static final int MAX_BATCH_SIZE = 4096;
    public static final int MAX_WARMUP_STEPS = 1_000_000;

    private static final String MUST_BE_VERSION =
            "must be 1 to 63 letters, digits, dots, - and _, first a letter or digit, but not 'latest'";

    @Override
    public void check(Findings findings) {
        if (findings.sound("/version") && version.equals("latest")) {
            findings.mistake("/version", "is 'latest', " + MUST_BE_VERSION);
        }
    }

    /** Where the reward model comes from. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Train.class, name = "train"),
        @JsonSubTypes.Type(value = Import.class, name = "import"),
        @JsonSubTypes.Type(value = Remote.class, name = "remote")
    })
    public sealed interface Source {}

    /**
     * Train on preference pairs (Bradley-Terry) over a language model's decoder.
     *
     * @param backbone {@code hf:DIRECTORY}, a language-model checkpoint
     * @param pairs {@code file:PATH}, JSON lines of {@code prompt} or {@code messages}, {@code chosen}, {@code rejected}
     */
    public record Train(String backbone, String pairs, Training training) implements Source {}

    /**
     * Take a checkpoint as it is. With one label it gives scores; with several it also gives each label's probability, and
     * its score is the expected index of the label.
     *
     * @param model {@code hf:DIRECTORY}, a sequence-classification checkpoint
     */
    public record Import(String model) implements Source {}

    /**
     * Ask a server of another system. It gets an item's messages, completion and metadata; there is no reference.
     *
     * @param url its base URL, on a host that the reward service allows
     * @param secretRef the name of a secret that the reward service is configured with, sent as bearer token
     * @param timeoutMs of one request for scores, retries included; default 30000
     * @param maxBatchItems items in one request to the server; default 32
     */
    public record Remote(
            String url,
            ScoringServer server,
            @Nullable String secretRef,
            @Min(1) @Max(600_000) @Nullable Integer timeoutMs,
            @Min(1) @Max(1_024) @Nullable Integer maxBatchItems)
            implements Source {}

    /**
     * @param epochs passes over the pairs
     * @param batchSize pairs a step
     * @param seed of the order of the pairs; default 0
     * @param validationShare of the pairs, held out to report the accuracy; default 0.1
     */
    public record Training(
            @Min(1) @Max(MAX_EPOCHS) int epochs,
            @Min(1) @Max(MAX_BATCH_SIZE) int batchSize,
            @Positive @Max(1) double learningRate,
            @Default("0") long seed,
            @Positive @Nullable Double gradientClip,
            @Min(0) @Max(MAX_WARMUP_STEPS) @Nullable Integer warmupSteps,
            @Min(0) @DecimalMax("0.5") @Nullable Double validationShare) {}
}
