package dev.tribunal.contracts.reward.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.common.ScoringServer;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.rewardmodel.BradleyTerry;
import dev.tribunal.methods.rewardmodel.Moslim;
import dev.tribunal.methods.rewardmodel.RewardModelLoss;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
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
     * Train over a language model's decoder: on preference pairs, or on answers by themselves, as the training's loss wants.
     *
     * @param backbone {@code hf:DIRECTORY}, a language-model checkpoint
     * @param pairs {@code file:PATH}, JSON lines of {@code prompt} or {@code messages}, {@code chosen}, {@code rejected},
     *     and where the loss looks at them {@code margin}, {@code labelProbability} and {@code annotator}
     * @param answers {@code file:PATH}, JSON lines of {@code prompt} or {@code messages}, {@code completion}, and
     *     {@code rating}, a number, or {@code labels}, the class of each dimension, as the loss wants; in place of pairs
     */
    public record Train(
            String backbone,
            @Nullable String pairs,
            @Nullable String answers,
            Training training) implements Source, Checked {

        /** On preference pairs. */
        public Train(String backbone, String pairs, Training training) {
            this(backbone, pairs, null, training);
        }

        @Override
        public void check(Findings findings) {
            if (!findings.sound("/training/loss")) {
                return;
            }
            boolean ofPairs = training.loss().ofPairs();
            String wanted = ofPairs ? "/pairs" : "/answers";
            String other = ofPairs ? "/answers" : "/pairs";
            if ((ofPairs ? pairs : answers) == null && findings.sound(wanted)) {
                findings.mistake(wanted, "is missing: the loss is of " + (ofPairs ? "pairs" : "answers by themselves"));
            }
            if ((ofPairs ? answers : pairs) != null && findings.sound(other)) {
                findings.mistake(
                        other,
                        "is given, but the loss is of " + (ofPairs ? "pairs" : "answers by themselves")
                                + "; remove it");
            }
        }
    }

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
     * How it is trained: AdamW, a new order of the rows in every epoch.
     *
     * @param epochs passes over the rows
     * @param batchSize rows a step
     * @param seed of the order of the rows, of what is held out, and of heads that start with random numbers; default 0
     * @param gradientClip the largest global norm of a step's gradient; default 1
     * @param warmupSteps steps over which the learning rate rises linearly; default 0
     * @param validationShare of the prompts, whose rows are held out to measure with; default 0.1
     * @param loss what is learnt, and from what; default {@code bradley-terry}
     * @param schedule of the learning rate after the warm-up; default {@code constant}
     * @param validation when it is measured on what is held out, and what follows; default at each epoch's end, and nothing
     *     follows
     * @param precision that the model computes in; default {@code fp32}
     * @param activationCheckpointing whether the backward pass computes again what the forward pass would keep: less memory
     *     for more work; default false
     * @param lora default none: the backbone's weights themselves are trained
     */
    public record Training(
            @Min(1) @Max(MAX_EPOCHS) int epochs,
            @Min(1) @Max(MAX_BATCH_SIZE) int batchSize,
            @Positive @Max(1) double learningRate,
            @Default("0") long seed,
            @Positive @Nullable Double gradientClip,
            @Min(0) @Max(MAX_WARMUP_STEPS) @Nullable Integer warmupSteps,
            @Min(0) @DecimalMax("0.5") @Nullable Double validationShare,
            @Default("bradley-terry") RewardModelLoss loss,
            @Default("constant") Schedule schedule,
            @Default("{}") Validation validation,
            @Default("fp32") Precision precision,
            @Default("false") boolean activationCheckpointing,
            @Nullable Lora lora)
            implements Checked {

        /** What rows from before a setting was there leave out has its default. */
        public Training {
            loss = loss == null ? BradleyTerry.PLAIN : loss;
            schedule = schedule == null ? Schedule.CONSTANT : schedule;
            validation = validation == null ? Validation.EACH_EPOCH : validation;
            precision = precision == null ? Precision.FP32 : precision;
        }

        /** By Bradley and Terry's loss, at a constant learning rate, of all weights in 32 bits. */
        public Training(
                int epochs,
                int batchSize,
                double learningRate,
                long seed,
                @Nullable Double gradientClip,
                @Nullable Integer warmupSteps,
                @Nullable Double validationShare) {
            this(
                    epochs,
                    batchSize,
                    learningRate,
                    seed,
                    gradientClip,
                    warmupSteps,
                    validationShare,
                    BradleyTerry.PLAIN,
                    Schedule.CONSTANT,
                    Validation.EACH_EPOCH,
                    Precision.FP32,
                    false,
                    null);
        }

        @Override
        public void check(Findings findings) {
            boolean nothingHeldOut =
                    validationShare != null && validationShare == 0 && findings.sound("/validationShare");
            if (nothingHeldOut && findings.sound("/validation") && validation.best() != null) {
                findings.mistake(
                        "/validation/best", "compares what is held out, but validationShare is 0; hold something out");
            }
            if (nothingHeldOut
                    && findings.sound("/loss")
                    && loss instanceof Moslim classes
                    && classes.statistics() == Moslim.Population.VALIDATION) {
                findings.mistake(
                        "/loss/statistics",
                        "are of what is held out, but validationShare is 0; hold something out, or write training");
            }
        }
    }

    /**
     * @param everySteps steps between two measurements; default those of an epoch
     * @param best the metric by which the best weights are kept and not the last ones; default none: the last ones
     * @param stopEarly when the training ends before its last epoch; default never
     */
    public record Validation(
            @Min(1) @Max(MAX_WARMUP_STEPS) @Nullable Integer everySteps,
            @Nullable Best best,
            @Nullable StopEarly stopEarly)
            implements Checked {

        public static final Validation EACH_EPOCH = new Validation(null, null, null);

        @Override
        public void check(Findings findings) {
            if (best == null && stopEarly != null && findings.sound("/best")) {
                findings.mistake("/best", "is missing: it says which metric stopEarly looks at");
            }
        }
    }

    /** A metric of what is held out. */
    public enum Best {
        /** The lowest loss. */
        @JsonProperty("validationLoss")
        VALIDATION_LOSS,
        /** The highest accuracy, of losses that have one. */
        @JsonProperty("validationAccuracy")
        VALIDATION_ACCURACY
    }

    /**
     * The training ends where its {@code best} metric has not improved for a while.
     *
     * @param patience measurements in a row without an improvement
     * @param minImprovement what counts as one: by more than this; default 0
     */
    public record StopEarly(
            @Min(1) @Max(MAX_WARMUP_STEPS) int patience,

            @PositiveOrZero @Max(1_000_000_000) @Default("0")
            double minImprovement) {}
}
