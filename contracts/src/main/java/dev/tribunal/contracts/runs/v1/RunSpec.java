package dev.tribunal.contracts.runs.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
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
        String name,
        Map<String, String> labels,
        Method method,
        Policy policy,
        Training training,
        Evaluation evaluation,
        Combiner combiner,
        List<Task> tasks) {

    public static final String API_VERSION = "tribunal/v1";

    /** The most {@code tasks} of a run. */
    public static final int MAX_TASKS = 64;

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
            int maxNewTokens,
            double temperature,
            int topK,
            double topP,
            List<String> stop,
            Precision precision,
            boolean activationCheckpointing,
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
    public record Lora(int rank, double alpha, List<String> targetModules) {}

    /**
     * @param seed of every random number; default 0
     * @param schedule default {@code constant}
     * @param warmupSteps steps over which the learning rate rises linearly from 0; default 0
     * @param gradientClip the largest global norm of the gradient; default 1
     * @param checkpointEvery steps between checkpoints; the last step always has one, and by default only it
     * @param microBatchTokens the most tokens in one forward and backward pass; default 4096
     */
    public record Training(
            int steps,
            long seed,
            double learningRate,
            Schedule schedule,
            int warmupSteps,
            double gradientClip,
            int checkpointEvery,
            int microBatchTokens) {}

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
    public record Evaluation(int samples) {}

    /** How the tasks' gradients become one. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
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
            String name,
            double weight,
            Prompts prompts,
            @Nullable String rewardModel,
            @Nullable String rewardModelDigest,
            List<Judge> judges,
            boolean shortCircuit,
            @Nullable Optimizer optimizer,
            FailurePolicy failurePolicy) {}

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
            int batchSize,
            @Nullable Baseline baseline,
            @Nullable String heldOut,
            @Nullable String heldOutDigest) {}

    /**
     * Where a prompt's baseline completion (a-bar) comes from: exactly one of the two.
     *
     * @param field a field of the prompt's line, a dot for each level, for example {@code baseline} or
     *     {@code reference.answer} (CGPO, option 1)
     * @param generate {@code reference}: one sample of the reference policy, drawn before training (option 2)
     */
    public record Baseline(@Nullable String field, @Nullable String generate) {}

    /**
     * A judge without parameters may be written as its name alone.
     *
     * @param judge {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version
     * @param parameters what the judge says it takes; default none
     */
    public record Judge(String judge, @Nullable String digest, Map<String, Object> parameters) {}

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
    public record Crpg(int generations, double klMax) implements Optimizer {}

    /** @param klMax KL_max, nats a sequence */
    public record Crraft(int generations, double klMax) implements Optimizer {}

    /**
     * @param beta scale of the log-ratios
     * @param lambda weight of the length-normalised likelihood of the chosen completion
     */
    public record Codpo(int generations, double beta, double lambda) implements Optimizer {}

    /**
     * What happens when judges leave a group with too few decided rollouts.
     *
     * @param minimumGroup the fewest decided rollouts that a group needs; default 2
     * @param onShortage default {@code drop-group}
     */
    public record FailurePolicy(int minimumGroup, OnShortage onShortage) {}

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
