package dev.tribunal.contracts.runs.v1;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.DefaultFrom;
import dev.tribunal.input.Findings;
import dev.tribunal.input.Shorthand;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to do, resolved: every default filled in, every version pinned. As written by a person it may leave
 * out whatever has a default.
 *
 * @param apiVersion {@link #API_VERSION}
 * @param labels free key-value pairs to find runs by; default none
 * @param method default {@code cgpo}
 * @param combiner how the tasks' gradients become one; for {@link Method#CGPO}; default {@code weighted-sum}
 * @param tasks 1 to 64
 */
public record RunSpec(
        String apiVersion,
        @NotBlank @Size(max = 100) String name,
        @Default("{}") Map<String, String> labels,
        @Default("cgpo") Method method,
        Policy policy,
        Training training,
        @Default("{}") Evaluation evaluation,
        @Default("{}") Combiner combiner,
        @Size(max = MAX_TASKS) List<Task> tasks)
        implements Checked {

    /** Completions of one task in one step: they are in memory together. */
    private static final int MAX_ROLLOUTS = 100_000;

    private static final String VERSIONED = "[^@\\s/]+(@[^@\\s/]+)?";
    private static final String MUST_BE_VERSIONED = "must be written NAME or NAME@VERSION";

    public static final String API_VERSION = "tribunal/v1";

    /** The most {@code tasks} of a run. */
    public static final int MAX_TASKS = 64;

    @Override
    public void check(Findings findings) {
        if (findings.sound("/apiVersion") && !apiVersion.equals(API_VERSION)) {
            findings.mistake("/apiVersion", "is '" + apiVersion + "', must be '" + API_VERSION + "'");
        }
        if (!findings.sound("/method")) {
            return;
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < tasks.size(); i++) {
            String at = "/tasks/" + i;
            Task task = tasks.get(i);
            if (findings.sound(at + "/name") && !names.add(task.name())) {
                findings.mistake(at + "/name", "is '" + task.name() + "', which an earlier task has already");
            }
            switch (method) {
                case CGPO -> task.needsAllOfCgpo(findings, at);
                case SFT -> task.refusesWhatSftIgnores(findings, at);
            }
        }
        if (tasks.isEmpty() && findings.sound("/tasks")) {
            findings.mistake("/tasks", "is empty, must have at least one task");
        }
        if (!tasks.isEmpty() && tasks.stream().allMatch(task -> task.weight() == 0) && findings.sound("/tasks")) {
            findings.mistake("/tasks", "all have weight 0: nothing would be trained");
        }
    }

    /** What the run does with its tasks. */
    public enum Method {
        /** Constrained generative policy optimization with a mixture of judges. */
        @JsonProperty("cgpo")
        CGPO,
        /** Supervised fine-tuning on each prompt's {@code completion}; tasks need no reward model, judges or optimizer. */
        @JsonProperty("sft")
        SFT
    }

    /**
     * @param model {@code hf:DIRECTORY}: the policy starts from it, and it is the reference
     * @param digest of the checkpoint, pinned at creation; a person who writes it demands it
     * @param maxNewTokens of a completion; default 128
     * @param temperature of sampling, default 1
     * @param topK sample from so many of the most probable tokens; default 0, all of them
     * @param topP sample from the fewest of the most probable tokens that make up this share, in (0, 1]; default 1.
     *     Log-probabilities are at temperature 1 and of all tokens all the same
     * @param stop texts: a completion ends with the token that completes one of them, and keeps it; default none
     * @param precision that the policy and the reference compute in; default {@code fp32}
     * @param activationCheckpointing whether the backward pass computes again what the forward pass would keep: less
     *     memory for more work; default false
     * @param lora default none: the policy's weights themselves are trained
     */
    public record Policy(
            String model,
            @Nullable String digest,
            @Min(1) @Max(1_000_000) @Default("128") int maxNewTokens,
            @Min(0) @Max(10) @Default("1") double temperature,
            @Min(0) @Max(1_000_000) @Default("0") int topK,
            @Positive @Max(1) @Default("1") double topP,
            @Default("[]") List<@NotEmpty @Size(max = 4096) String> stop,
            @Default("fp32") Precision precision,
            @Default("false") boolean activationCheckpointing,
            @Nullable Lora lora) {}

    /** What matrices are multiplied in. The weights that AdamW changes are in 32 bits always. */
    public enum Precision {
        @JsonProperty("fp32")
        FP32,
        /** Faster and smaller, and less exact. */
        @JsonProperty("bf16")
        BF16
    }

    /**
     * A low-rank adapter is trained in place of the policy's weights: {@code W x + alpha / rank * B A x}. The reference
     * is the policy with the adapter off, so the weights are held once.
     *
     * @param rank the rows of A and the columns of B
     * @param alpha default {@code rank}
     * @param targetModules which of {@code q_proj}, {@code k_proj}, {@code v_proj}, {@code o_proj}, {@code gate_proj},
     *     {@code up_proj}, {@code down_proj} are adapted in every layer; default {@code all-linear}, all of them
     */
    public record Lora(
            @Min(1) @Max(4096) int rank,

            @Positive @Max(1_000_000_000) @DefaultFrom("rank")
            double alpha,

            @Shorthand(word = "all-linear", value = ALL_LINEAR) @Default(ALL_LINEAR)
            List<@Pattern(regexp = LINEAR, message = MUST_BE_LINEAR) String> targetModules)
            implements Checked {

        static final String ALL_LINEAR =
                "[\"q_proj\", \"k_proj\", \"v_proj\", \"o_proj\", \"gate_proj\", \"up_proj\", \"down_proj\"]";
        private static final String LINEAR = "(q|k|v|o|gate|up|down)_proj";
        private static final String MUST_BE_LINEAR =
                "must be one of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj";

        public Lora {
            targetModules = targetModules.stream().distinct().toList();
        }

        @Override
        public void check(Findings findings) {
            if (targetModules.isEmpty() && findings.sound("/targetModules")) {
                findings.mistake("/targetModules", "is empty: nothing would be trained");
            }
        }
    }

    /**
     * @param seed of every random number; default 0
     * @param schedule default {@code constant}
     * @param warmupSteps steps over which the learning rate rises linearly from 0; default 0
     * @param gradientClip the largest global norm of the gradient; default 1
     * @param checkpointEvery steps between checkpoints; the last step always has one, and by default only it
     * @param microBatchTokens the most tokens in one forward and backward pass; default 4096
     * @param checkpoints how many are kept, and how much work a killed trainer may cost
     */
    public record Training(
            @Min(1) @Max(1_000_000) int steps,
            @Default("0") long seed,
            @Positive @Max(1_000_000_000) double learningRate,
            @Default("constant") Schedule schedule,
            @Min(0) @Max(1_000_000) @Default("0") int warmupSteps,
            @Positive @Max(1_000_000_000) @Default("1") double gradientClip,
            @Min(1) @Max(1_000_000) @DefaultFrom("steps") int checkpointEvery,
            @Min(1) @Max(1_000_000) @Default("4096") int microBatchTokens,
            @Default("{}") Checkpoints checkpoints) {}

    /**
     * @param everyMinutes after so many minutes without a checkpoint one is written, from which a killed run goes on; the
     *     next one replaces it. Default 10
     * @param keep of the checkpoints that {@code checkpointEvery} asks for, the latest so many; default all
     */
    public record Checkpoints(
            @Min(1) @Max(10_080) @Default("10") int everyMinutes,
            @Min(1) @Max(1_000_000) @Nullable Integer keep) {}

    /** The learning rate after warm-up. */
    public enum Schedule {
        @JsonProperty("constant")
        CONSTANT,
        /** Falls linearly, and would reach 0 one step after the last. */
        @JsonProperty("linear")
        LINEAR,
        /** Falls along half a cosine, and would reach 0 one step after the last. */
        @JsonProperty("cosine")
        COSINE
    }

    /**
     * Before the first step and after the last, each task's held-out prompts are answered, scored and judged.
     *
     * @param samples completions of each held-out prompt, drawn at the policy's temperature; default 1
     */
    public record Evaluation(
            @Min(1) @Max(1000) @Default("1") int samples) {}

    /** How the tasks' gradients become one. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = WeightedSum.class)
    @JsonSubTypes(@JsonSubTypes.Type(value = WeightedSum.class, name = "weighted-sum"))
    public sealed interface Combiner {}

    /** CGPO, Algorithm 2: the sum of {@code rho_l * g_l}. */
    public record WeightedSum() implements Combiner {}

    /**
     * One task.
     *
     * @param weight rho, not negative; 0 lets the task contribute nothing; default 1
     * @param rewardModel {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version
     * @param judges every one is a constraint; default none
     * @param shortCircuit whether a rollout that one judge found violated is kept from the others, which are then
     *     asked one after the other, the cheapest first; default false: all judges see all rollouts, for the audit
     */
    public record Task(
            @Pattern(
                    regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
                    message = "must have 1 to 63 letters, digits, dots, dashes or underscores")
            String name,

            @PositiveOrZero @Max(1_000_000_000) @Default("1")
            double weight,

            Prompts prompts,

            @Pattern(regexp = VERSIONED, message = MUST_BE_VERSIONED) @Nullable
            String rewardModel,

            @Nullable String rewardModelDigest,
            @Default("[]") List<Judge> judges,
            @Default("false") boolean shortCircuit,
            @Nullable Optimizer optimizer,
            @Nullable FailurePolicy failurePolicy)
            implements Checked {

        public Task {
            failurePolicy = failurePolicy == null ? FailurePolicy.DEFAULT : failurePolicy;
            if (optimizer != null && optimizer.generations() == 1 && failurePolicy.equals(FailurePolicy.DEFAULT)) {
                failurePolicy = FailurePolicy.OF_ONE;
            }
        }

        /** What applies where none is written, too. */
        @Override
        public FailurePolicy failurePolicy() {
            return Objects.requireNonNull(failurePolicy, "the constructor puts one in");
        }

        @Override
        public void check(Findings findings) {
            if (optimizer == null || !findings.sound("/optimizer")) {
                return;
            }
            int generations = optimizer.generations();
            if (findings.sound("/failurePolicy") && failurePolicy().minimumGroup() > generations) {
                findings.mistake(
                        "/failurePolicy/minimumGroup",
                        "is " + failurePolicy().minimumGroup() + ", must be at most the optimizer's generations, "
                                + generations);
            }
            if (findings.sound("/prompts/batchSize")) {
                checkRollouts(generations, findings);
            }
        }

        private void checkRollouts(int generations, Findings findings) {
            long rollouts = (long) generations * prompts.batchSize();
            if (optimizer instanceof Crpg && rollouts == 1) {
                findings.mistake(
                        "/optimizer/generations",
                        "is 1 with a batchSize of 1: crpg weighs completions against their mean and needs at least 2");
            }
            if (rollouts > MAX_ROLLOUTS) {
                findings.mistake(
                        "/optimizer/generations",
                        "is " + generations + " with a batchSize of " + prompts.batchSize() + ": " + rollouts
                                + " completions a step, may be " + MAX_ROLLOUTS + "; lower one of them");
            }
        }

        private void needsAllOfCgpo(Findings findings, String at) {
            need(rewardModel, at + "/rewardModel", findings);
            need(optimizer, at + "/optimizer", findings);
            need(prompts.baseline(), at + "/prompts/baseline", findings);
        }

        private static void need(@Nullable Object value, String pointer, Findings findings) {
            if (value == null && findings.sound(pointer)) {
                findings.mistake(pointer, "is missing");
            }
        }

        private void refusesWhatSftIgnores(Findings findings, String at) {
            refuse(rewardModel != null, at + "/rewardModel", findings);
            refuse(rewardModelDigest != null, at + "/rewardModelDigest", findings);
            refuse(!judges.isEmpty(), at + "/judges", findings);
            refuse(shortCircuit, at + "/shortCircuit", findings);
            refuse(optimizer != null, at + "/optimizer", findings);
            refuse(!failurePolicy().equals(FailurePolicy.DEFAULT), at + "/failurePolicy", findings);
            refuse(prompts.baseline() != null, at + "/prompts/baseline", findings);
        }

        private static void refuse(boolean given, String pointer, Findings findings) {
            if (given) {
                findings.mistake(
                        pointer, "has no meaning under method sft, which learns the prompts' completions; remove it");
            }
        }
    }

    /**
     * @param source {@code file:PATH} of JSON lines: {@code prompt} or {@code messages}, and optionally
     *     {@code reference}, {@code metadata}, {@code baseline}, {@code completion}
     * @param sourceDigest SHA-256 of that file, pinned at creation; a person who writes it demands it
     * @param batchSize prompts a step
     * @param baseline where the baseline completion comes from; CGPO needs one
     * @param heldOut a prompt file like {@code source} for the evaluation, never trained on
     * @param heldOutDigest SHA-256 of that file, like {@code sourceDigest}
     */
    public record Prompts(
            String source,
            @Nullable String sourceDigest,
            @Min(1) @Max(100_000) int batchSize,
            @Nullable Baseline baseline,
            @Nullable String heldOut,
            @Nullable String heldOutDigest)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (heldOut == null && heldOutDigest != null && findings.sound("/heldOut")) {
                findings.mistake("/heldOutDigest", "is of no file: set heldOut, or remove it");
            }
        }
    }

    /**
     * Where a prompt's baseline completion (a-bar) comes from: exactly one of the two.
     *
     * @param field a field of the prompt's line, a dot for each level, for example {@code baseline} or
     *     {@code reference.answer} (CGPO, option 1)
     * @param generate {@code reference}: one sample of the reference policy, drawn before training (option 2)
     */
    public record Baseline(
            @Nullable String field,

            @Pattern(regexp = "reference", message = "must be 'reference'") @Nullable
            String generate)
            implements Checked {

        /** Exactly one of the two. */
        @Override
        public void check(Findings findings) {
            if (field != null && generate != null) {
                findings.mistake(
                        "/generate", "excludes 'field': a prompt has one baseline completion; remove one of them");
            }
            if (field == null && generate == null) {
                findings.mistake(
                        "/field", "is missing: name a field of the prompts' lines, or set generate to 'reference'");
            }
        }
    }

    /**
     * A judge without parameters may be written as its name alone.
     *
     * @param judge {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version
     * @param parameters what the judge says it takes; default none
     */
    public record Judge(
            @Pattern(regexp = VERSIONED, message = MUST_BE_VERSIONED)
            String judge,

            @Nullable String digest,
            @Default("{}") Map<String, Object> parameters) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Judge of(String judge) {
            return new Judge(judge, null, Map.of());
        }

        @JsonCreator
        public Judge {}
    }

    /** The policy optimizer: how rollouts become token weights. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Crpg.class, name = "crpg"),
        @JsonSubTypes.Type(value = Crraft.class, name = "crraft"),
        @JsonSubTypes.Type(value = Codpo.class, name = "codpo")
    })
    public sealed interface Optimizer {
        /** K, the completions of each prompt. */
        int generations();
    }

    /** @param klMax KL_max, nats a sequence */
    public record Crpg(
            @Min(1) @Max(1024) int generations,
            @Positive @Max(1_000_000_000) double klMax) implements Optimizer {}

    /** @param klMax KL_max, nats a sequence */
    public record Crraft(
            @Min(1) @Max(1024) int generations,
            @Positive @Max(1_000_000_000) double klMax) implements Optimizer {}

    /**
     * @param beta scale of the log-ratios
     * @param lambda weight of the length-normalised likelihood of the chosen completion
     */
    public record Codpo(
            @Min(2) @Max(1024) int generations,
            @Positive @Max(1_000_000_000) double beta,
            @PositiveOrZero @Max(1_000_000_000) double lambda)
            implements Optimizer {}

    /**
     * What happens when judges leave a group with too few decided rollouts.
     *
     * @param minimumGroup the fewest decided rollouts that a group needs; default 2, and 1 for groups of one generation
     * @param onShortage default {@code drop-group}
     */
    public record FailurePolicy(
            @Min(1) @Max(1024) @Default("2") int minimumGroup,
            @Default("drop-group") OnShortage onShortage) {

        private static final FailurePolicy DEFAULT = new FailurePolicy(2, OnShortage.DROP_GROUP);
        /** A group of one generation has one rollout. */
        private static final FailurePolicy OF_ONE = new FailurePolicy(1, OnShortage.DROP_GROUP);
    }

    public enum OnShortage {
        /** Leave the group out of the batch. */
        @JsonProperty("drop-group")
        DROP_GROUP,
        /** Pause the run and wait for a person. */
        @JsonProperty("pause-run")
        PAUSE_RUN,
        /** End the run. */
        @JsonProperty("fail-run")
        FAIL_RUN
    }
}
