package dev.tribunal.contracts.runs.v1.spec;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.DefaultFrom;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.reward.Calibrated;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.methods.reward.RewardTransform;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a run is to do, resolved: every default filled in, every version pinned. As written by a person it may leave
 * out whatever has a default. A run of one stage is written with {@code training} and {@code tasks}, a run of several
 * with {@code stages}.
 *
 * @param apiVersion {@link #API_VERSION}
 * @param labels free key-value pairs to find runs by; default none
 * @param training of a run of one stage
 * @param evaluation of a run of one stage, on the tasks' held-out prompts
 * @param combiner how the tasks' gradients become one; default {@code weighted-sum}
 * @param reference what the policy is held against; default {@code start}
 * @param tasks of a run of one stage, 1 to 64
 * @param stages one after the other; default none: the run is one stage of training
 * @param alarms when it raises an alarm, and what follows
 * @param webhook where it tells alarms and its end; default nowhere
 */
public record RunSpec(
        String apiVersion,
        @NotBlank @Size(max = 100) String name,
        @Default("{}") Map<String, String> labels,
        Policy policy,
        @Nullable Training training,
        @Default("{}") Evaluation evaluation,
        @Default("weighted-sum") GradientCombiner combiner,
        @Default("start") Reference reference,
        @Default("[]") @Size(max = MAX_TASKS) List<Task> tasks,
        @Default("[]") @Size(max = MAX_STAGES) List<Stage> stages,
        @Default("{}") Alarms alarms,
        @Nullable Webhook webhook)
        implements Checked {

    /** Completions of one task in one step: they are in memory together. */
    private static final int MAX_ROLLOUTS = 100_000;

    public static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
    public static final String MUST_BE_A_NAME = "must have 1 to 63 letters, digits, dots, dashes or underscores";
    public static final String VERSIONED = "[^@\\s/]+(@[^@\\s/]+)?";
    public static final String MUST_BE_VERSIONED = "must be written NAME or NAME@VERSION";

    public static final String API_VERSION = "tribunal/v1";

    /** The most {@code tasks} of a stage. */
    public static final int MAX_TASKS = 64;
    /** The most {@code rewardModels} of a task. */
    public static final int MAX_REWARD_MODELS = 16;
    /** The most {@code stages} of a run, those of each round of a {@code repeat} counted. */
    public static final int MAX_STAGES = 256;

    /** The name of the stage of a run of one. */
    public static final String ONLY_STAGE = "train";

    /** The stages, also where there is one and it is written without a list. */
    public List<Stage> allStages() {
        return stages.isEmpty()
                ? List.of(new Stage.Train(
                        ONLY_STAGE,
                        null,
                        Objects.requireNonNull(training, "a run of one stage has its training"),
                        evaluation,
                        combiner,
                        reference,
                        tasks))
                : stages;
    }

    /** The JSON pointer of the stage at an index: of the run itself where it is written without a list. */
    public String pointerOfStage(int index) {
        return stages.isEmpty() ? "" : "/stages/" + index;
    }

    /**
     * The name of the stage that a step is of.
     *
     * @param step from 1 to {@link #steps}: they are numbered through all stages
     */
    public String stageOf(int step) {
        int last = 0;
        for (Stage stage : allStages()) {
            last += stage.steps();
            if (step <= last) {
                return stage.name();
            }
        }
        throw new IllegalArgumentException("step " + step + " of " + last);
    }

    /** With the same policy in another place. */
    public RunSpec withModel(String model) {
        return new RunSpec(
                apiVersion,
                name,
                labels,
                policy.withModel(model),
                training,
                evaluation,
                combiner,
                reference,
                tasks,
                stages,
                alarms,
                webhook);
    }

    /** The steps of all stages. */
    public int steps() {
        return allStages().stream().mapToInt(Stage::steps).sum();
    }

    @Override
    public void check(Findings findings) {
        if (findings.sound("/apiVersion") && !apiVersion.equals(API_VERSION)) {
            findings.mistake("/apiVersion", "is '" + apiVersion + "', must be '" + API_VERSION + "'");
        }
        if (stages.isEmpty()) {
            checkOneStage(findings);
        } else {
            checkStages(findings);
        }
        checkTemperature(findings);
        SamplerRules.check(this, findings);
        if (findings.sound("/policy/stop")
                && findings.sound("/stages")
                && !policy.stop().isEmpty()
                && stages.stream()
                        .flatMap(RunSpec::withRounds)
                        .anyMatch(stage -> stage instanceof Stage.Generate each && each.tree() != null)) {
            findings.mistake(
                    "/policy/stop",
                    "cannot be used with a tree, whose segments would cut a text in two; remove one of them");
        }
    }

    private void checkTemperature(Findings findings) {
        if (!findings.sound("/tasks") || !findings.sound("/stages") || !findings.sound("/policy/temperature")) {
            return;
        }
        if (policy.temperature() > 0) {
            return;
        }
        List<Stage> all = stages.stream().flatMap(RunSpec::withRounds).toList();
        if (Stream.concat(tasks.stream(), all.stream().flatMap(stage -> stage.tasks().stream()))
                .anyMatch(Task::samples)) {
            findings.mistake(
                    "/policy/temperature",
                    "is 0: completions that are not drawn at random teach nothing; must be more than 0");
        } else if (all.stream().anyMatch(stage -> stage instanceof Stage.Generate each && each.completions() > 1)) {
            findings.mistake(
                    "/policy/temperature",
                    "is 0: the completions of a prompt would all be the same; must be more than 0");
        }
    }

    private static Stream<Stage> withRounds(Stage stage) {
        return stage instanceof Stage.Repeat repeat ? repeat.stages().stream() : Stream.of(stage);
    }

    private void checkOneStage(Findings findings) {
        if (training == null && findings.sound("/training")) {
            findings.mistake("/training", "is missing");
        }
        if (tasks.isEmpty() && findings.sound("/tasks") && findings.sound("/stages")) {
            findings.mistake("/tasks", "is empty, must have at least one task");
        }
        Stage.Train.check("", training, evaluation, combiner, reference, tasks, findings);
    }

    private void checkStages(Findings findings) {
        if (training != null) {
            findings.mistake("/training", "stands beside stages, of which each has its own; remove it");
        }
        if (!tasks.isEmpty()) {
            findings.mistake("/tasks", "stand beside stages, of which each has its own; remove them");
        }
        checkNames("/stages", stages, new HashSet<>(), findings);
    }

    private static void checkNames(String at, List<Stage> stages, Set<String> names, Findings findings) {
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            String pointer = at + "/" + i;
            if (stage instanceof Stage.Repeat repeat) {
                checkNames(pointer + "/stages", repeat.stages(), names, findings);
            } else if (findings.sound(pointer + "/name") && !names.add(stage.name())) {
                findings.mistake(pointer + "/name", "is '" + stage.name() + "', which an earlier stage has already");
            }
        }
    }

    /** What the policy is held against: log-ratios are to it. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Start.class, name = "start"),
        @JsonSubTypes.Type(value = Base.class, name = "base"),
        @JsonSubTypes.Type(value = Checkpoint.class, name = "checkpoint"),
        @JsonSubTypes.Type(value = OfStage.class, name = "stage"),
        @JsonSubTypes.Type(value = Previous.class, name = "previous"),
        @JsonSubTypes.Type(value = Soup.class, name = "soup"),
        @JsonSubTypes.Type(value = None.class, name = "none")
    })
    public sealed interface Reference {

        /** @param stage what becomes of a reference to a stage, {@code stage:NAME} */
        default Reference renamed(UnaryOperator<String> stage) {
            return this;
        }
    }

    /** The policy as it is when the stage begins. */
    public record Start() implements Reference {}

    /** The run's {@code policy.model}, whatever earlier stages made of it. */
    public record Base() implements Reference {}

    /**
     * Another checkpoint of the same architecture and tokenizer.
     *
     * @param model {@code hf:DIRECTORY}
     * @param digest of the checkpoint, pinned at creation; a person who writes it demands it
     */
    public record Checkpoint(String model, @Nullable String digest) implements Reference {}

    /**
     * The policy that an earlier stage left.
     *
     * @param stage its name
     */
    public record OfStage(String stage) implements Reference {

        @Override
        public Reference renamed(UnaryOperator<String> renaming) {
            return new OfStage(Stage.named(renaming.apply(Stage.PREFIX + stage)).orElseThrow());
        }
    }

    /**
     * The policy as it was a while ago: at first as the stage begins.
     *
     * @param every after so many steps of the stage, again and again, the policy becomes the reference; never after the
     *     last one
     */
    public record Previous(@Min(1) @Max(1_000_000) int every) implements Reference {}

    /**
     * The weighted mean of several checkpoints' weights (model soups, arXiv 2203.05482).
     *
     * @param parts 2 to 16, of the policy's shape
     */
    public record Soup(@Size(min = 2, max = 16) List<SoupPart> parts) implements Reference, Checked {

        @Override
        public void check(Findings findings) {
            SoupPart.checkAll(parts, findings);
        }

        @Override
        public Reference renamed(UnaryOperator<String> stage) {
            return new Soup(parts.stream().map(part -> part.renamed(stage)).toList());
        }
    }

    /**
     * One of the models of a soup. With weight 1 it may be written as its model alone.
     *
     * @param model {@code hf:DIRECTORY} of the policy's architecture and tokenizer, or {@code stage:NAME} of a stage that
     *     leaves a policy
     * @param digest of the checkpoint, pinned at creation; a person who writes it demands it
     * @param weight is divided by the sum of all weights; may be negative; default 1
     */
    public record SoupPart(
            String model,
            @Nullable String digest,
            @Min(-1_000_000) @Max(1_000_000) @Default("1") double weight) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static SoupPart of(String model) {
            return new SoupPart(model, null, 1);
        }

        @JsonCreator
        public SoupPart {}

        SoupPart renamed(UnaryOperator<String> stage) {
            return new SoupPart(Stage.reference(model, stage), digest, weight);
        }

        /** With what is known of the checkpoint. */
        public SoupPart pinned(@Nullable String found) {
            return new SoupPart(model, found, weight);
        }

        /** What weights are divided by. */
        public static double sum(List<SoupPart> parts) {
            return parts.stream().mapToDouble(SoupPart::weight).sum();
        }

        static void checkAll(List<SoupPart> parts, Findings findings) {
            double sum = sum(parts);
            if (findings.sound("/parts") && !(sum > 0)) {
                findings.mistake("/parts", "have weights that add up to " + sum + ", must be more than 0");
            }
        }
    }

    /** Nothing: no log-ratio is measured, and no method, reward or baseline completion may want one. */
    public record None() implements Reference {}

    /**
     * @param model {@code hf:DIRECTORY}: the policy starts from it, and it is the reference
     * @param digest of the checkpoint, pinned at creation; a person who writes it demands it
     * @param maxNewTokens of a completion; default 128
     * @param temperature of sampling, default 1
     * @param topK sample from so many of the most probable tokens; default 0, all of them
     * @param topP sample from the fewest of the most probable tokens that make up this share, in (0, 1]; default 1.
     *     Log-probabilities are at the temperature and of all tokens
     * @param stop texts: a completion ends with the token that completes one of them, and keeps it; default none
     * @param precision that the policy and the reference compute in; default {@code fp32}
     * @param activationCheckpointing whether the backward pass computes again what the forward pass would keep: less
     *     memory for more work; default false
     * @param lora default none: the policy's weights themselves are trained
     * @param engine where it is sampled and trained; default none: on the trainer's own machine
     * @param sampler where rollouts are sampled; default none: the engine that trains samples
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
            @Nullable Lora lora,
            @Nullable PolicyEngine engine,
            @Nullable Sampler sampler) {

        Policy withModel(String other) {
            return with(other, digest);
        }

        public Policy withDigest(String found) {
            return with(model, found);
        }

        private Policy with(String otherModel, @Nullable String otherDigest) {
            return new Policy(
                    otherModel,
                    otherDigest,
                    maxNewTokens,
                    temperature,
                    topK,
                    topP,
                    stop,
                    precision,
                    activationCheckpointing,
                    lora,
                    engine,
                    sampler);
        }
    }

    /**
     * @param seed of every random number; default 0
     * @param schedule default {@code constant}
     * @param warmupSteps steps over which the learning rate rises linearly from 0; default 0
     * @param gradientClip the largest global norm of the gradient; default 1
     * @param checkpointEvery steps between checkpoints; the last step always has one, and by default only it
     * @param microBatchTokens the most tokens in one forward and backward pass; default 4096
     * @param updates what is done with a step's batch; default one update with all of it
     * @param critic for methods that have one
     * @param entanglement how often the gradients of a pair's two completions are compared; default never
     * @param checkpoints how many are kept, and how much work a killed trainer may cost
     * @param staleness so many of the next steps' batches are sampled while the weights are updated, each by the weights
     *     that there are when its sampling is ordered; only with {@code policy.sampler}. Default 0: each batch is sampled by
     *     the weights that it changes
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
            @Default("{}") Updates updates,
            @Nullable Critic critic,
            @Nullable Entanglement entanglement,
            @Default("{}") Checkpoints checkpoints,
            @Min(0) @Max(64) @Nullable Integer staleness) {

        /** Specs that were stored by older trainers have none. */
        public Training {
            staleness = staleness == null ? 0 : staleness;
        }

        /** What applies where none is written, too. */
        @Override
        public Integer staleness() {
            return Objects.requireNonNull(staleness, "the constructor puts one in");
        }
    }

    /**
     * @param everyMinutes after so many minutes without a checkpoint one is written, from which a killed run goes on; the
     *     next one replaces it. Default 10
     * @param keep of the checkpoints that {@code checkpointEvery} asks for, the latest so many; default all
     */
    public record Checkpoints(
            @Min(1) @Max(10_080) @Default("10") int everyMinutes,
            @Min(1) @Max(1_000_000) @Nullable Integer keep) {}

    /**
     * How often a step's batch is gone through, and in how many parts: each part is one step of AdamW. With more than one
     * of them, the log-probabilities under the policy that sampled come from the same kernels as those of the update.
     *
     * @param epochs default 1
     * @param miniBatches parts of an epoch; default 1
     */
    public record Updates(
            @Min(1) @Max(64) @Default("1") int epochs,
            @Min(1) @Max(1024) @Default("1") int miniBatches) {

        /** Steps of AdamW in one step of the run. */
        public int count() {
            return epochs * miniBatches;
        }
    }

    /**
     * A model of the policy's size with a value for each token in place of the next token's logits; it starts from the
     * stage's first policy, with a head of small random numbers.
     *
     * @param learningRate of its own AdamW
     */
    public record Critic(@Positive @Max(1_000_000_000) double learningRate) {}

    /**
     * The gradients of the log-likelihoods of a pair's completions, over all trained weights, and that of its loss, are
     * computed by themselves, to see whether a loss of pairs moves both the way that it is meant to (gradient entanglement,
     * arXiv 2410.13828). Three forward and backward passes a pair, and the memory of three gradients.
     *
     * @param every steps from one look to the next; the stage's first step has one; default 10
     * @param pairs of a task's batch that are looked at, from the first; default 4
     */
    public record Entanglement(
            @Min(1) @Max(1_000_000) @Default("10") int every,
            @Min(1) @Max(1024) @Default("4") int pairs) {}

    /**
     * One task.
     *
     * @param weight rho, not negative; 0 lets the task contribute nothing; default 1
     * @param method what is learnt, and from what: its name, or its name as {@code type} with its hyperparameters
     * @param generations K, the completions of each prompt, for methods that sample
     * @param rewardModel {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version. Or
     *     {@code stage:NAME} of a stage that trains one. The short form of one of {@code rewardModels}
     * @param rewardModels those that score the task's completions, where they are several
     * @param rewards what makes a reward of the scores, one after the other; default {@code [calibrated]}, which compares
     *     each with the baseline completion's; none leaves a score as it is. Of several reward models they have to make
     *     one number
     * @param judges every one is a constraint; default none
     * @param shortCircuit whether a rollout that one judge found violated is kept from the others, which are then
     *     asked one after the other, the cheapest first; default false: all judges see all rollouts, for the audit
     * @param overlong what becomes of completions that {@code maxNewTokens} cut off; default {@code keep}
     * @param combiner how the gradients of the task's reward models become one: the method learns from each of them by
     *     itself, from what {@code rewards} make of its score before they make one number of all; default none, the
     *     method learns from that one number
     */
    public record Task(
            @Pattern(regexp = NAME, message = MUST_BE_A_NAME)
            String name,

            @PositiveOrZero @Max(1_000_000_000) @Default("1")
            double weight,

            Method method,
            @Min(1) @Max(1024) @Nullable Integer generations,
            Prompts prompts,

            @Pattern(regexp = VERSIONED, message = MUST_BE_VERSIONED) @Nullable
            String rewardModel,

            @Nullable String rewardModelDigest,
            @Default("[]") @Size(max = MAX_REWARD_MODELS) List<RewardModel> rewardModels,
            @Default("[\"calibrated\"]") @Size(max = 16) List<RewardTransform> rewards,
            @Default("[]") List<Judge> judges,
            @Default("false") boolean shortCircuit,
            @Default("keep") Overlong overlong,
            @Nullable FailurePolicy failurePolicy,
            @Nullable GradientCombiner combiner)
            implements Checked {

        public Task {
            failurePolicy = failurePolicy == null ? FailurePolicy.DEFAULT : failurePolicy;
            if (generations != null && generations == 1 && failurePolicy.equals(FailurePolicy.DEFAULT)) {
                failurePolicy = FailurePolicy.OF_ONE;
            }
        }

        /** What applies where none is written, too. */
        @Override
        public FailurePolicy failurePolicy() {
            return Objects.requireNonNull(failurePolicy, "the constructor puts one in");
        }

        /** Those that score, also where one is written in the short form; none where nothing is sampled. */
        public List<RewardModel> allRewardModels() {
            return rewardModel == null ? rewardModels : List.of(new RewardModel(rewardModel, rewardModelDigest, null));
        }

        /** @param stage what becomes of a reference to a stage, {@code stage:NAME} */
        Task renamed(UnaryOperator<String> stage) {
            return with(
                    prompts.renamed(stage),
                    rewardModel == null ? null : Stage.reference(rewardModel, stage),
                    rewardModelDigest,
                    rewardModels.stream()
                            .map(model -> model.pinned(Stage.reference(model.model(), stage), model.digest()))
                            .toList(),
                    judges);
        }

        /** With what else is known of its files. */
        public Task withPrompts(Prompts others) {
            return with(others, rewardModel, rewardModelDigest, rewardModels, judges);
        }

        /** With the reward models that are meant by references to stages. */
        public Task withRewardModels(List<RewardModel> models) {
            return with(prompts, null, null, models, judges);
        }

        /** With other models and judges, or what is known of them. */
        public Task with(@Nullable String model, @Nullable String digest, List<RewardModel> models, List<Judge> asked) {
            return with(prompts, model, digest, models, asked);
        }

        private Task with(
                Prompts shown,
                @Nullable String model,
                @Nullable String digest,
                List<RewardModel> models,
                List<Judge> asked) {
            return new Task(
                    name,
                    weight,
                    method,
                    generations,
                    shown,
                    model,
                    digest,
                    models,
                    rewards,
                    asked,
                    shortCircuit,
                    overlong,
                    failurePolicy,
                    combiner);
        }

        /** How many values the critic has for each token of the task's completions. */
        public int critics() {
            return combiner == null
                    ? method.critics(allRewardModels().size())
                    : method.critics(1) * allRewardModels().size();
        }

        /** The names of the reward models, in their order, where the gradient of each is kept; none where they have one. */
        public List<String> objectives() {
            return combiner == null
                    ? List.of()
                    : allRewardModels().stream().map(RewardModel::name).sorted().toList();
        }

        /** Whether completions are sampled, scored and judged. */
        public boolean samples() {
            return method.experience() == Experience.ROLLOUTS;
        }

        /** Whether the reference draws baseline completions. */
        public boolean generatesBaselineCompletions() {
            return prompts.baseline() != null && prompts.baseline().generate() != null;
        }

        /** K. */
        public int requiredGenerations() {
            return Objects.requireNonNull(generations, "a method that samples has generations");
        }

        @Override
        public void check(Findings findings) {
            if (!findings.sound("/method")) {
                return;
            }
            if (samples()) {
                checkOfSampling(findings);
            } else {
                refuseWhatDataIgnores(findings);
            }
        }

        private void checkOfSampling(Findings findings) {
            checkRewardModels(findings);
            need(generations, "/generations", findings);
            if (findings.sound("/rewards")) {
                checkRewards(findings);
            }
            if (generations == null || !findings.sound("/generations")) {
                return;
            }
            if (generations < method.fewestGenerations()) {
                findings.mistake(
                        "/generations",
                        "is " + generations + ", but the method compares completions of a prompt and needs at least "
                                + method.fewestGenerations());
            }
            if (findings.sound("/failurePolicy") && failurePolicy().minimumGroup() > generations) {
                findings.mistake(
                        "/failurePolicy/minimumGroup",
                        "is " + failurePolicy().minimumGroup() + ", must be at most the task's generations, "
                                + generations);
            }
            if (findings.sound("/prompts/batchSize")) {
                checkRollouts(generations, findings);
            }
            if (generations < 2 && prompts.dynamicSampling() != null && findings.sound("/prompts/dynamicSampling")) {
                findings.mistake(
                        "/prompts/dynamicSampling",
                        "compares the rewards of a prompt's completions, but generations is 1; raise it, or remove this");
            }
        }

        private void checkRewardModels(Findings findings) {
            if (!findings.sound("/rewardModels")) {
                return;
            }
            if (rewardModels.isEmpty()) {
                need(rewardModel, "/rewardModel", findings);
                return;
            }
            if (rewardModel != null) {
                findings.mistake("/rewardModel", "stands beside rewardModels; move it into their list");
            }
            if (rewardModelDigest != null) {
                findings.mistake("/rewardModelDigest", "is of no rewardModel; write it as digest in rewardModels");
            }
            RewardModel.checkNames("/rewardModels", rewardModels, findings);
        }

        private void checkRewards(Findings findings) {
            RewardChain chain = new RewardChain(rewards);
            if (!allRewardModels().isEmpty() && findings.sound("/rewardModel") && findings.sound("/rewardModels")) {
                SequencedSet<String> names = new LinkedHashSet<>();
                allRewardModels().forEach(model -> names.add(model.name()));
                chain.misfit(names)
                        .ifPresent(misfit -> findings.mistake(
                                misfit.transform() < rewards.size() ? "/rewards/" + misfit.transform() : "/rewards",
                                "cannot be used with " + String.join(", ", names) + ": " + misfit.why()));
                method.misfit(names).ifPresent(why -> findings.mistake("/method", why));
                checkCombiner(names, findings);
            }
            if (chain.needsBaselineCompletion() && prompts.baseline() == null && findings.sound("/prompts/baseline")) {
                findings.mistake(
                        "/prompts/baseline",
                        "is missing: rewards compares scores with a baseline completion's; say where it comes from, or set"
                                + " rewards to [] to take the scores as they are");
            }
            if (method.needs().contains(Need.CALIBRATION) && !chain.isWithinUnit() && findings.sound("/rewards")) {
                findings.mistake(
                        "/rewards",
                        "leave the numbers from 0 to 1, which the method takes: let calibrated (or sigmoid, without the"
                                + " comparison) be the last, or have after it only a weighted-sum whose weights are not"
                                + " negative and add up to at most 1");
            }
        }

        private void checkCombiner(Set<String> models, Findings findings) {
            if (combiner == null || !findings.sound("/combiner")) {
                return;
            }
            if (models.size() < 2) {
                findings.mistake(
                        "/combiner",
                        "combines the gradients of the task's reward models, of which it has one; write several as"
                                + " rewardModels, or remove it");
            }
            if (combiner.splitsPairs()) {
                findings.mistake("/combiner", "keeps the sides of pairs apart, and not reward models; choose another");
            }
            if (method.critics(2) > 1) {
                findings.mistake(
                        "/combiner",
                        "is of no use: " + method.name() + " combines the reward models itself; remove it");
            }
        }

        private void checkRollouts(int perPrompt, Findings findings) {
            long rollouts = (long) perPrompt * prompts.batchSize();
            int rounds = prompts.dynamicSampling() == null
                    ? 1
                    : prompts.dynamicSampling().maxRounds();
            if (rollouts < method.fewestRollouts()) {
                findings.mistake(
                        "/generations",
                        "is " + perPrompt + " with a batchSize of " + prompts.batchSize()
                                + ": the method compares the completions of a step and needs at least "
                                + method.fewestRollouts());
            }
            if (rollouts * rounds > MAX_ROLLOUTS) {
                findings.mistake(
                        "/generations",
                        "is " + perPrompt + " with a batchSize of " + prompts.batchSize()
                                + (rounds == 1 ? "" : " in up to " + rounds + " rounds") + ": " + rollouts * rounds
                                + " completions a step, may be " + MAX_ROLLOUTS + "; lower one of them");
            }
        }

        /** Refuses what compares with a reference, where there is none. */
        void refuseReference(String at, Findings findings) {
            String advice = ", but the reference is none; choose another reference";
            if (findings.sound(at + "/method")
                    && (method.needs().contains(Need.REFERENCE)
                            || method.needs().contains(Need.TOKEN_KL))) {
                findings.mistake(
                        at + "/method",
                        "is " + method.name() + " with hyperparameters that compare the policy with a reference"
                                + advice + ", or a method without one");
            }
            for (int i = 0; findings.sound(at + "/rewards") && i < rewards.size(); i++) {
                if (rewards.get(i).needsReference()) {
                    findings.mistake(
                            at + "/rewards/" + i, "takes the log-ratio to a reference" + advice + ", or remove it");
                }
            }
            if (findings.sound(at + "/prompts/baseline") && generatesBaselineCompletions()) {
                findings.mistake(
                        at + "/prompts/baseline/generate",
                        "lets the reference answer" + advice + ", or name a field of the prompts' lines");
            }
        }

        private static void need(@Nullable Object value, String pointer, Findings findings) {
            if (value == null && findings.sound(pointer)) {
                findings.mistake(pointer, "is missing");
            }
        }

        private void refuseWhatDataIgnores(Findings findings) {
            refuse(rewardModel != null, "/rewardModel", findings);
            refuse(rewardModelDigest != null, "/rewardModelDigest", findings);
            refuse(!rewardModels.isEmpty(), "/rewardModels", findings);
            refuse(!rewards.equals(List.of(new Calibrated())), "/rewards", findings);
            refuse(!judges.isEmpty(), "/judges", findings);
            refuse(shortCircuit, "/shortCircuit", findings);
            refuse(generations != null, "/generations", findings);
            refuse(overlong != Overlong.KEEP, "/overlong", findings);
            refuse(!failurePolicy().equals(FailurePolicy.DEFAULT), "/failurePolicy", findings);
            refuse(prompts.baseline() != null, "/prompts/baseline", findings);
            refuse(prompts.dynamicSampling() != null, "/prompts/dynamicSampling", findings);
            refuse(combiner != null, "/combiner", findings);
        }

        private static void refuse(boolean given, String pointer, Findings findings) {
            if (given) {
                findings.mistake(
                        pointer, "has no meaning under a method that learns from the file's completions; remove it");
            }
        }
    }

    /**
     * A reward model of a task. Without a name of its own it may be written as {@code NAME@VERSION} alone.
     *
     * @param model {@code NAME@VERSION}; {@code NAME} alone is pinned to its latest version
     * @param digest of the version, pinned at creation; a person who writes it demands it
     * @param name what the task's rewards, metrics and episodes call it; default the reward model's own
     */
    public record RewardModel(
            @Pattern(regexp = VERSIONED, message = MUST_BE_VERSIONED)
            String model,

            @Nullable String digest,

            @Pattern(regexp = NAME, message = MUST_BE_A_NAME) @Nullable
            String name) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static RewardModel of(String model) {
            return new RewardModel(model, null, null);
        }

        @JsonCreator
        public RewardModel {
            name = name == null ? Stage.named(model).orElseGet(() -> model.split("@", 2)[0]) : name;
        }

        /** What applies where none is written, too. */
        @Override
        public String name() {
            return Objects.requireNonNull(name, "the constructor puts one in");
        }

        /** No two have the same name. */
        static void checkNames(String at, List<RewardModel> models, Findings findings) {
            Set<String> names = new HashSet<>();
            for (int i = 0; i < models.size(); i++) {
                RewardModel model = models.get(i);
                if (findings.sound(at) && !names.add(model.name())) {
                    findings.mistake(
                            at + "/" + i,
                            "is named '" + model.name() + "' like an earlier one; write {model: " + model.model()
                                    + ", name: ANOTHER}");
                }
            }
        }

        /** With what a lookup found of it. */
        public RewardModel pinned(String version, @Nullable String digest) {
            return new RewardModel(version, digest, name);
        }
    }

    /** What becomes of completions that were cut off: nothing tells what they would have said. */
    public enum Overlong {
        /** They are scored and judged like the others. */
        @JsonProperty("keep")
        KEEP,
        /** They leave the batch. */
        @JsonProperty("mask")
        MASK,
        /** They violate a constraint: that a completion ends. */
        @JsonProperty("infeasible")
        INFEASIBLE
    }

    /**
     * @param source {@code stage:NAME} of a stage that leaves rows, or {@code file:PATH} of JSON lines: {@code prompt} or {@code messages}, and optionally
     *     {@code reference}, {@code metadata}, {@code baseline}, {@code completion}, {@code chosen}, {@code rejected}
     * @param sourceDigest SHA-256 of that file, pinned at creation; a person who writes it demands it
     * @param batchSize prompts a step
     * @param baseline where the baseline completion comes from, for methods that calibrate rewards
     * @param heldOut a prompt file like {@code source} for the evaluation, never trained on
     * @param heldOutDigest SHA-256 of that file, like {@code sourceDigest}
     * @param dynamicSampling for methods that sample: a step draws prompts until it has {@code batchSize} groups that teach
     *     something; default none, a step takes its prompts as they come
     */
    public record Prompts(
            String source,
            @Nullable String sourceDigest,
            @Min(1) @Max(100_000) int batchSize,
            @Nullable BaselineCompletionSource baseline,
            @Nullable String heldOut,
            @Nullable String heldOutDigest,
            @Nullable DynamicSampling dynamicSampling)
            implements Checked {

        /** Pinned to what the files are. */
        public Prompts withDigests(@Nullable String ofSource, @Nullable String ofHeldOut) {
            return new Prompts(source, ofSource, batchSize, baseline, heldOut, ofHeldOut, dynamicSampling);
        }

        Prompts renamed(UnaryOperator<String> stage) {
            return new Prompts(
                    Stage.reference(source, stage),
                    sourceDigest,
                    batchSize,
                    baseline,
                    heldOut == null ? null : Stage.reference(heldOut, stage),
                    heldOutDigest,
                    dynamicSampling);
        }

        @Override
        public void check(Findings findings) {
            if (heldOut == null && heldOutDigest != null && findings.sound("/heldOut")) {
                findings.mistake("/heldOutDigest", "is of no file: set heldOut, or remove it");
            }
        }
    }

    /**
     * DAPO's dynamic sampling (arXiv 2503.14476, section 3.2): a group whose rewards are all the same, or that has no pair,
     * is left out, and further prompts are drawn in its place.
     *
     * @param maxRounds how often a step draws at most, the first time included
     */
    public record DynamicSampling(@Min(2) @Max(1000) int maxRounds) {}

    /**
     * Where a prompt's baseline completion (a-bar) comes from: exactly one of the two.
     *
     * @param field a field of the prompt's line, a dot for each level, for example {@code baseline} or
     *     {@code reference.answer} (CGPO, option 1)
     * @param generate {@code reference}: one sample of the reference policy, drawn before training (option 2)
     */
    public record BaselineCompletionSource(
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
