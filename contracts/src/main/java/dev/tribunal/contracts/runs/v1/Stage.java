package dev.tribunal.contracts.runs.v1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.runs.v1.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.RunSpec.Reference;
import dev.tribunal.contracts.runs.v1.RunSpec.SoupPart;
import dev.tribunal.contracts.runs.v1.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.RunSpec.Training;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.combiner.GradientCombiner;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a run. Stages are done one after the other; each leaves an {@link Artifact}, which later ones name as
 * {@code stage:NAME} where they would name a file, a checkpoint or a reward model.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type", defaultImpl = Stage.Train.class)
@JsonSubTypes({
    @JsonSubTypes.Type(value = Stage.Train.class, name = "train"),
    @JsonSubTypes.Type(value = Stage.Soup.class, name = "soup"),
    @JsonSubTypes.Type(value = Stage.Generate.class, name = "generate"),
    @JsonSubTypes.Type(value = Stage.Label.class, name = "label"),
    @JsonSubTypes.Type(value = Stage.RewardModel.class, name = "reward-model"),
    @JsonSubTypes.Type(value = Stage.Repeat.class, name = "repeat")
})
public sealed interface Stage {

    /** How a reference to an earlier stage begins. */
    String PREFIX = "stage:";

    /** A {@code start} that is the run's {@code policy.model}, whatever earlier stages made of it. */
    String BASE = "base";

    /** {@code stage:NAME} or {@link #BASE}. */
    String START = BASE + "|" + PREFIX + RunSpec.NAME;

    String MUST_BE_A_START = "must be 'base' or written stage:NAME";

    String name();

    /** The kind of its artifact. */
    Artifact.Kind leaves();

    /** Steps of training. */
    default int steps() {
        return 0;
    }

    default List<Task> tasks() {
        return List.of();
    }

    /** The judges that it asks. */
    default List<Judge> judges() {
        return List.of();
    }

    /**
     * The same stage under another name.
     *
     * @param reference what becomes of its references to other stages, each {@code stage:NAME}
     */
    Stage renamed(String name, UnaryOperator<String> reference);

    /** The name in a reference to an earlier stage; empty if it is none. */
    static Optional<String> named(@Nullable String reference) {
        return reference != null && reference.startsWith(PREFIX)
                ? Optional.of(reference.substring(PREFIX.length()))
                : Optional.empty();
    }

    /** A text that may be a reference to another stage, and then becomes another one. */
    static String reference(String written, UnaryOperator<String> reference) {
        return written.startsWith(PREFIX) ? reference.apply(written) : written;
    }

    private static @Nullable String referenceIfGiven(@Nullable String written, UnaryOperator<String> reference) {
        return written == null ? null : reference(written, reference);
    }

    /**
     * Training with tasks of its own. What it is follows from its tasks' methods: supervised fine-tuning, training on
     * preferences, online training, or several of them in one step.
     *
     * @param start the weights that it begins with: {@code stage:NAME}, or {@code base}; default the latest policy before
     *     it
     * @param evaluation on the tasks' held-out prompts
     * @param combiner how the tasks' gradients become one; default {@code weighted-sum}
     * @param reference what the policy is held against; default {@code start}
     * @param tasks 1 to 64
     */
    record Train(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            @Pattern(regexp = START, message = MUST_BE_A_START) @Nullable
            String start,

            Training training,
            @Default("{}") Evaluation evaluation,
            @Default("weighted-sum") GradientCombiner combiner,
            @Default("start") Reference reference,
            @Size(min = 1, max = RunSpec.MAX_TASKS) List<Task> tasks)
            implements Stage, Checked {

        @Override
        public Artifact.Kind leaves() {
            return Artifact.Kind.POLICY;
        }

        @Override
        public int steps() {
            return training.steps();
        }

        @Override
        public List<Judge> judges() {
            return Stream.concat(
                            tasks.stream().flatMap(task -> task.judges().stream()),
                            evaluation.heldOutJudges().stream().map(Evaluation.HeldOutJudge::asJudge))
                    .toList();
        }

        @Override
        public Train renamed(String newName, UnaryOperator<String> renaming) {
            return new Train(
                    newName,
                    Stage.referenceIfGiven(start, renaming),
                    training,
                    evaluation,
                    combiner,
                    reference.renamed(renaming),
                    tasks.stream().map(task -> task.renamed(renaming)).toList());
        }

        public Train withReference(Reference other) {
            return new Train(name, start, training, evaluation, combiner, other, tasks);
        }

        public Train withEvaluation(Evaluation other) {
            return new Train(name, start, training, other, combiner, reference, tasks);
        }

        public Train withTasks(List<Task> others) {
            return new Train(name, start, training, evaluation, combiner, reference, others);
        }

        @Override
        public void check(Findings findings) {
            check("", training, evaluation, reference, tasks, findings);
        }

        static void check(
                String at,
                @Nullable Training training,
                Evaluation evaluation,
                Reference reference,
                List<Task> tasks,
                Findings findings) {
            if (findings.sound(at + "/tasks")) {
                evaluation.check(at + "/evaluation", tasks, findings);
            }
            Set<String> names = new HashSet<>();
            for (int i = 0; i < tasks.size(); i++) {
                String pointer = at + "/tasks/" + i;
                if (findings.sound(pointer + "/name") && !names.add(tasks.get(i).name())) {
                    findings.mistake(
                            pointer + "/name", "is '" + tasks.get(i).name() + "', which an earlier task has already");
                }
                if (training != null
                        && training.critic() == null
                        && findings.sound(at + "/training")
                        && findings.sound(pointer + "/method")
                        && tasks.get(i).method().needs().contains(Need.CRITIC)) {
                    findings.mistake(
                            at + "/training/critic",
                            "is missing: the method of task '" + tasks.get(i).name() + "' has a critic");
                }
                if (reference instanceof RunSpec.None && findings.sound(at + "/reference")) {
                    tasks.get(i).refuseReference(pointer, findings);
                }
            }
            if (!tasks.isEmpty()
                    && tasks.stream().allMatch(task -> task.weight() == 0)
                    && findings.sound(at + "/tasks")) {
                findings.mistake(at + "/tasks", "all have weight 0: nothing would be trained");
            }
        }
    }

    /**
     * The weighted mean of several models, weight by weight (model soups, arXiv 2203.05482): the policy of later stages.
     *
     * @param parts 1 to 64, of the policy's shape
     */
    record Soup(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            @Size(min = 1, max = 64) List<SoupPart> parts)
            implements Stage, Checked {

        @Override
        public Artifact.Kind leaves() {
            return Artifact.Kind.POLICY;
        }

        @Override
        public Soup renamed(String newName, UnaryOperator<String> reference) {
            return new Soup(
                    newName, parts.stream().map(part -> part.renamed(reference)).toList());
        }

        @Override
        public void check(Findings findings) {
            SoupPart.checkAll(parts, findings);
        }
    }

    /**
     * The policy answers prompts, with the run's {@code policy} settings, and the answers are kept as rows: one a
     * completion, with the prompt's line and where it comes from.
     *
     * @param start the weights that answer: {@code stage:NAME}, or {@code base}; default the latest policy before it
     * @param source {@code file:PATH} of prompts, or {@code stage:NAME} of a stage that leaves rows
     * @param sourceDigest SHA-256 of the file, pinned at creation; a person who writes it demands it
     * @param generations K, the completions of each prompt; default 1
     * @param seed of every random number; default 0
     */
    record Generate(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            @Pattern(regexp = START, message = MUST_BE_A_START) @Nullable
            String start,

            String source,
            @Nullable String sourceDigest,
            @Min(1) @Max(1024) @Default("1") int generations,
            @Default("0") long seed)
            implements Stage {

        @Override
        public Artifact.Kind leaves() {
            return Artifact.Kind.GENERATIONS;
        }

        @Override
        public Generate renamed(String newName, UnaryOperator<String> reference) {
            return new Generate(
                    newName,
                    Stage.referenceIfGiven(start, reference),
                    Stage.reference(source, reference),
                    sourceDigest,
                    generations,
                    seed);
        }
    }

    /**
     * Completions of a prompt are scored and judged, and become pairs or demonstrations. A completion with an undecided
     * verdict, or without a score where scores are compared, is left out.
     *
     * @param source {@code stage:NAME} of a stage that leaves generations, or {@code file:PATH} of such rows; rows of one
     *     prompt are a group
     * @param sourceDigest SHA-256 of the file, pinned at creation; a person who writes it demands it
     * @param write what is made of a group
     * @param rewardModel {@code NAME@VERSION}, or {@code stage:NAME}; default none: nothing is scored
     * @param rewardModelDigest pinned at creation; a person who writes it demands it
     * @param judges every one is a constraint; default none
     * @param also stages whose rows, of the same kind, stand before the new ones; default none
     * @param accumulate within {@code repeat}, whether the rows of the round before stand before the new ones; default
     *     false
     */
    record Label(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            String source,
            @Nullable String sourceDigest,
            Labels write,

            @Pattern(regexp = RunSpec.VERSIONED, message = RunSpec.MUST_BE_VERSIONED) @Nullable
            String rewardModel,

            @Nullable String rewardModelDigest,
            @Default("[]") @Size(max = 64) List<Judge> judges,
            @Default("[]") @Size(max = RunSpec.MAX_STAGES) List<String> also,
            @Default("false") boolean accumulate)
            implements Stage, Checked {

        @Override
        public Artifact.Kind leaves() {
            return write == Labels.BEST ? Artifact.Kind.DEMONSTRATIONS : Artifact.Kind.PAIRS;
        }

        @Override
        public Label renamed(String newName, UnaryOperator<String> reference) {
            return new Label(
                    newName,
                    Stage.reference(source, reference),
                    sourceDigest,
                    write,
                    Stage.referenceIfGiven(rewardModel, reference),
                    rewardModelDigest,
                    judges,
                    also.stream().map(each -> Stage.reference(each, reference)).toList(),
                    accumulate);
        }

        /** With the rows of these stages before its own, and nothing to find out about earlier rounds. */
        public Label withAlso(List<String> stages) {
            return new Label(name, source, sourceDigest, write, rewardModel, rewardModelDigest, judges, stages, false);
        }

        @Override
        public void check(Findings findings) {
            if (!findings.sound("/write")) {
                return;
            }
            boolean scored = rewardModel != null || !findings.sound("/rewardModel");
            boolean judged = !judges.isEmpty() || !findings.sound("/judges");
            switch (write) {
                case BEST_OVER_WORST, BEST -> {
                    if (!scored) {
                        findings.mistake("/rewardModel", "is missing: it says which completion is the best");
                    }
                }
                case FEASIBLE_OVER_INFEASIBLE -> {
                    if (!judged) {
                        findings.mistake("/judges", "are missing: they say which completions are feasible");
                    }
                }
                case DEMONSTRATION_OVER_GENERATION -> {
                    // The data says which one is better.
                }
            }
        }
    }

    /** What a {@code label} stage makes of the completions of one prompt. */
    enum Labels {
        /** A pair of the feasible completions with the highest and the lowest score. */
        @JsonProperty("best-over-worst")
        BEST_OVER_WORST,
        /** A pair of the best feasible completion and the worst infeasible one. */
        @JsonProperty("feasible-over-infeasible")
        FEASIBLE_OVER_INFEASIBLE,
        /** A pair of the data's demonstration and each completion (SPIN, inverse reinforcement learning). */
        @JsonProperty("demonstration-over-generation")
        DEMONSTRATION_OVER_GENERATION,
        /** The feasible completion with the highest score, to be learnt (RAFT, rejection sampling). */
        @JsonProperty("best")
        BEST
    }

    /**
     * The reward service trains a reward model on pairs; later stages name it as {@code rewardModel: stage:NAME}.
     *
     * @param backbone {@code hf:DIRECTORY}, or {@code stage:NAME} of a stage that leaves a policy
     * @param backboneDigest of the checkpoint, pinned at creation; a person who writes it demands it
     * @param pairs {@code file:PATH}, or {@code stage:NAME} of a stage that leaves pairs
     * @param pairsDigest SHA-256 of the file, pinned at creation; a person who writes it demands it
     */
    record RewardModel(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            String backbone,
            @Nullable String backboneDigest,
            String pairs,
            @Nullable String pairsDigest,
            RewardModelRegistration.Training training)
            implements Stage, Checked {

        @Override
        public Artifact.Kind leaves() {
            return Artifact.Kind.REWARD_MODEL;
        }

        @Override
        public RewardModel renamed(String newName, UnaryOperator<String> reference) {
            return new RewardModel(
                    newName,
                    Stage.reference(backbone, reference),
                    backboneDigest,
                    Stage.reference(pairs, reference),
                    pairsDigest,
                    training);
        }

        /** Its name is the reward model's version. */
        @Override
        public void check(Findings findings) {
            if (findings.sound("/name") && name.equals("latest")) {
                findings.mistake("/name", "is 'latest', which a version of a reward model cannot be called");
            }
            if (findings.sound("/training/loss") && !training.loss().ofPairs()) {
                findings.mistake(
                        "/training/loss",
                        "is of answers by themselves, and a stage trains on pairs; register such a reward model and name it"
                                + " in the tasks");
            }
        }
    }

    /**
     * Stages that are gone through several times. A resolved spec has them one after the other, under the names
     * {@code NAME.1}, {@code NAME.2} and so on. Among them a stage is named as it is written and means the same round;
     * after them the name means the last round.
     *
     * @param times rounds
     * @param stages of one round
     */
    record Repeat(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME) @Default("repeat")
            String name,

            @Min(1) @Max(RunSpec.MAX_STAGES) int times,
            @Size(min = 1, max = RunSpec.MAX_STAGES) List<Stage> stages)
            implements Stage, Checked {

        @Override
        public Artifact.Kind leaves() {
            throw notResolved();
        }

        @Override
        public Stage renamed(String newName, UnaryOperator<String> reference) {
            throw notResolved();
        }

        private static IllegalStateException notResolved() {
            return new IllegalStateException("a resolved spec has no repeat");
        }

        @Override
        public void check(Findings findings) {
            for (int i = 0; i < stages.size(); i++) {
                if (stages.get(i) instanceof Repeat) {
                    findings.mistake(
                            "/stages/" + i + "/type",
                            "is 'repeat' within a repeat; write its stages out, or one repeat");
                }
            }
        }
    }
}
