package dev.tribunal.contracts.runs.v1.spec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Reference;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.SoupPart;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Training;
import dev.tribunal.input.Checked;
import dev.tribunal.input.Default;
import dev.tribunal.input.Findings;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.combiner.GradientCombiner;
import dev.tribunal.methods.label.Labeller;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    @JsonSubTypes.Type(value = Stage.SoupSweep.class, name = "soup-sweep"),
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

    String MUST_BE_A_STAGE = "must be written stage:NAME";

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
            check("", training, evaluation, combiner, reference, tasks, findings);
        }

        static void check(
                String at,
                @Nullable Training training,
                Evaluation evaluation,
                GradientCombiner combiner,
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
                if (tasks.get(i).combiner() != null
                        && findings.sound(pointer + "/combiner")
                        && findings.sound(at + "/combiner")
                        && combiner.splitsPairs()) {
                    findings.mistake(
                            pointer + "/combiner",
                            "keeps reward models apart, and the stage's combiner the sides of pairs; remove one of them");
                }
                if (reference instanceof RunSpec.None && findings.sound(at + "/reference")) {
                    tasks.get(i).refuseReference(pointer, findings);
                }
            }
            if (training != null
                    && training.entanglement() != null
                    && findings.sound(at + "/training")
                    && findings.sound(at + "/tasks")
                    && tasks.stream().noneMatch(task -> task.method().hasPairs())) {
                findings.mistake(
                        at + "/training/entanglement",
                        "looks at pairs, but no task's method learns from pairs; remove it");
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
     * Rewarded soups' sweep (arXiv 2306.04488): the soups of several policies, from each of them alone through all weights to
     * the others, answer prompts and are scored. Its artifact's metrics say of each soup how far its mean score lies above
     * what the policies' own scores, mixed alike, would be: none below 0 is linear mode connectivity.
     *
     * @param parts 2 to 8 policies of one start, each {@code stage:NAME}
     * @param resolution weights are multiples of one over this; 4 with two parts: 1, 0.75, 0.5, 0.25 and 0 of the first. At most
     *     64 soups
     * @param source {@code file:PATH} of prompts that none was trained on, or {@code stage:NAME}
     * @param sourceDigest SHA-256 of the file, pinned at creation; a person who writes it demands it
     * @param generations completions of each prompt by each soup; default 1
     * @param seed of every random number, the same for every soup; default 0
     * @param rewardModels that score
     */
    record SoupSweep(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            @Size(min = 2, max = 8)
            List<@Pattern(regexp = PREFIX + RunSpec.NAME, message = MUST_BE_A_STAGE) String> parts,

            @Min(1) @Max(63) int resolution,
            String source,
            @Nullable String sourceDigest,
            @Min(1) @Max(1024) @Default("1") int generations,
            @Default("0") long seed,

            @Size(min = 1, max = RunSpec.MAX_REWARD_MODELS) List<RunSpec.RewardModel> rewardModels)
            implements Stage, Checked {

        private static final int MOST_SOUPS = 64;

        @Override
        public Artifact.Kind leaves() {
            return Artifact.Kind.GENERATIONS;
        }

        public SoupSweep withSourceDigest(@Nullable String digest) {
            return pinned(digest, rewardModels);
        }

        /** With what lookups found of its reward models. */
        public SoupSweep withRewardModels(List<RunSpec.RewardModel> models) {
            return pinned(sourceDigest, models);
        }

        private SoupSweep pinned(@Nullable String digest, List<RunSpec.RewardModel> models) {
            return new SoupSweep(name, parts, resolution, source, digest, generations, seed, models);
        }

        /** The weights of each soup, in the order of the parts: all multiples that add up to 1, the first part's falling. */
        public List<List<Double>> weightings() {
            List<List<Double>> all = new ArrayList<>();
            mix(resolution, new ArrayList<>(), all);
            return all;
        }

        private void mix(int left, List<Double> before, List<List<Double>> all) {
            boolean last = before.size() == parts.size() - 1;
            for (int here = left; here >= (last ? left : 0); here--) {
                List<Double> weights = new ArrayList<>(before);
                weights.add((double) here / resolution);
                if (last) {
                    all.add(List.copyOf(weights));
                } else {
                    mix(left - here, weights, all);
                }
            }
        }

        @Override
        public void check(Findings findings) {
            if (findings.sound("/parts") && findings.sound("/resolution")) {
                double soups = 1;
                for (int i = 1; i < parts.size(); i++) {
                    soups = soups * (resolution + i) / i;
                }
                if (Math.round(soups) > MOST_SOUPS) {
                    findings.mistake(
                            "/resolution",
                            "is " + resolution + " with " + parts.size() + " parts: " + Math.round(soups)
                                    + " soups, may be " + MOST_SOUPS + "; lower it");
                }
            }
            RunSpec.RewardModel.checkNames("/rewardModels", rewardModels, findings);
        }

        @Override
        public SoupSweep renamed(String newName, UnaryOperator<String> reference) {
            return new SoupSweep(
                    newName,
                    parts.stream().map(part -> Stage.reference(part, reference)).toList(),
                    resolution,
                    Stage.reference(source, reference),
                    sourceDigest,
                    generations,
                    seed,
                    rewardModels.stream()
                            .map(model -> model.pinned(Stage.reference(model.model(), reference), model.digest()))
                            .toList());
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
     * @param tree how the completions of a prompt branch off each other, in place of {@code generations}; default none:
     *     each is sampled by itself
     * @param goals the rewards that the prompts ask for; default none
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
            @Nullable Tree tree,
            @Nullable Goals goals,
            @Default("0") long seed)
            implements Stage, Checked {

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
                    tree,
                    goals == null
                            ? null
                            : new Goals(Stage.reference(goals.of(), reference), goals.preference(), goals.from()),
                    seed);
        }

        public Generate withSourceDigest(@Nullable String digest) {
            return new Generate(name, start, source, digest, generations, tree, goals, seed);
        }

        /** The most completions of a prompt. */
        public int completions() {
            return tree == null ? generations : tree.leaves();
        }

        @Override
        public void check(Findings findings) {
            if (tree != null && generations != 1 && findings.sound("/generations")) {
                findings.mistake(
                        "/generations", "stands beside tree, which says how many completions there are; remove it");
            }
        }
    }

    /**
     * Completions of a prompt as the leaves of a prefix tree (arXiv 2402.10184): at the prompt, and again after every
     * {@code segmentTokens} tokens, so many branches go on by themselves, until the last ones end. What leaves share they have
     * sampled once. A completion that ends before the last branching is one leaf.
     *
     * @param depth D, how often it branches
     * @param branching B: a prompt has B^D leaves, at most 1024
     * @param segmentTokens tokens between two branchings
     */
    record Tree(
            @Min(1) @Max(10) int depth,
            @Min(2) @Max(1024) int branching,
            @Min(1) @Max(1_000_000) int segmentTokens) implements Checked {

        private static final int MOST_LEAVES = 1024;

        public int leaves() {
            return (int) Math.round(Math.pow(branching, depth));
        }

        @Override
        public void check(Findings findings) {
            if (findings.sound("/depth") && findings.sound("/branching") && Math.pow(branching, depth) > MOST_LEAVES) {
                findings.mistake(
                        "/branching",
                        "is " + branching + " at a depth of " + depth + ": more than " + MOST_LEAVES
                                + " leaves a prompt; lower one of them");
            }
        }
    }

    /**
     * The rewards that prompts ask for (Rewards-in-Context).
     *
     * @param of {@code stage:NAME} of a {@code label} stage that wrote rewards into prompts: what can be asked for is what its
     *     rows have
     * @param preference the weight of each reward, from 0 to 1, which says what all prompts ask for; default none: each prompt
     *     asks for rewards drawn at random
     * @param from random rewards are drawn evenly from this quantile of the rows' to their greatest; default 0.7
     */
    record Goals(
            @Pattern(regexp = PREFIX + RunSpec.NAME, message = MUST_BE_A_STAGE)
            String of,

            @Default("{}") Map<String, @Min(0) @Max(1) Double> preference,
            @Min(0) @Max(1) @Default("0.7") double from)
            implements Checked {

        @Override
        public void check(Findings findings) {
            if (findings.sound("/preference")
                    && !preference.isEmpty()
                    && preference.values().stream().allMatch(weight -> weight == 0)) {
                findings.mistake("/preference", "has no weight above 0; give one to what is wanted most");
            }
        }
    }

    /**
     * Rows are scored and judged, and become pairs or demonstrations. A completion with an undecided verdict, or without a
     * score where scores are compared, is left out.
     *
     * @param source {@code stage:NAME} of a stage that leaves such rows as {@code write} reads, or {@code file:PATH} of them;
     *     completions of one prompt are a group
     * @param sourceDigest SHA-256 of the file, pinned at creation; a person who writes it demands it
     * @param write what is made of the rows: its name, or its name as {@code type} with its hyperparameters
     * @param rewardModel {@code NAME@VERSION}, or {@code stage:NAME}; default none: nothing is scored. The short form of one of
     *     {@code rewardModels}
     * @param rewardModelDigest pinned at creation; a person who writes it demands it
     * @param rewardModels those that score, where they are several
     * @param judges every one is a constraint on completions; default none
     * @param also stages whose rows, of the same kind, stand before the new ones; default none
     * @param accumulate within {@code repeat}, whether the rows of the round before stand before the new ones; default
     *     false
     * @param accumulateFrom the first round whose rows are kept for later ones; default 1
     */
    record Label(
            @Pattern(regexp = RunSpec.NAME, message = RunSpec.MUST_BE_A_NAME)
            String name,

            String source,
            @Nullable String sourceDigest,
            Labeller write,

            @Pattern(regexp = RunSpec.VERSIONED, message = RunSpec.MUST_BE_VERSIONED) @Nullable
            String rewardModel,

            @Nullable String rewardModelDigest,

            @Default("[]") @Size(max = RunSpec.MAX_REWARD_MODELS)
            List<RunSpec.RewardModel> rewardModels,

            @Default("[]") @Size(max = 64) List<Judge> judges,
            @Default("[]") @Size(max = RunSpec.MAX_STAGES) List<String> also,
            @Default("false") boolean accumulate,
            @Min(1) @Max(RunSpec.MAX_STAGES) @Nullable Integer accumulateFrom)
            implements Stage, Checked {

        public Label {
            rewardModels = rewardModels == null ? List.of() : List.copyOf(rewardModels); // specs from before have none
        }

        @Override
        public Artifact.Kind leaves() {
            return write.leavesDemonstrations() ? Artifact.Kind.DEMONSTRATIONS : Artifact.Kind.PAIRS;
        }

        /** Those that score, also where one is written in the short form. */
        public List<RunSpec.RewardModel> allRewardModels() {
            return rewardModel == null
                    ? rewardModels
                    : List.of(new RunSpec.RewardModel(rewardModel, rewardModelDigest, null));
        }

        @Override
        public Label renamed(String newName, UnaryOperator<String> reference) {
            return new Label(
                    newName,
                    Stage.reference(source, reference),
                    sourceDigest,
                    write.renamed(written -> Stage.reference(written, reference)),
                    Stage.referenceIfGiven(rewardModel, reference),
                    rewardModelDigest,
                    rewardModels.stream()
                            .map(model -> model.pinned(Stage.reference(model.model(), reference), model.digest()))
                            .toList(),
                    judges,
                    also.stream().map(each -> Stage.reference(each, reference)).toList(),
                    accumulate,
                    accumulateFrom);
        }

        /**
         * In a round of a repeat, where nothing is to be found out about earlier ones.
         *
         * @param before {@code stage:NAME} of the same stage in the round before; absent in the first one
         * @param round from 1
         */
        public Label inRound(int round, @Nullable String before) {
            List<String> stages = new ArrayList<>(also);
            if (accumulate && before != null && round - 1 >= (accumulateFrom == null ? 1 : accumulateFrom)) {
                stages.add(before);
            }
            return new Label(
                    name,
                    source,
                    sourceDigest,
                    write,
                    rewardModel,
                    rewardModelDigest,
                    rewardModels,
                    judges,
                    stages,
                    false,
                    null);
        }

        public Label withSourceDigest(@Nullable String digest) {
            return new Label(
                    name,
                    source,
                    digest,
                    write,
                    rewardModel,
                    rewardModelDigest,
                    rewardModels,
                    judges,
                    also,
                    accumulate,
                    accumulateFrom);
        }

        /** With what lookups found of its reward models and judges. */
        public Label pinned(
                @Nullable String model, @Nullable String digest, List<RunSpec.RewardModel> models, List<Judge> asked) {
            return new Label(
                    name, source, sourceDigest, write, model, digest, models, asked, also, accumulate, accumulateFrom);
        }

        @Override
        public void check(Findings findings) {
            if (accumulateFrom != null && !accumulate && findings.sound("/accumulate")) {
                findings.mistake("/accumulateFrom", "has no meaning without accumulate; set it, or remove this");
            }
            if (!findings.sound("/write")) {
                return;
            }
            if (findings.sound("/rewardModel") && findings.sound("/rewardModels")) {
                checkRewardModels(findings);
            }
            if (write.needsJudges() && judges.isEmpty() && findings.sound("/judges")) {
                findings.mistake("/judges", "are missing: they say which completions are feasible");
            }
            if (write.reads() != Labeller.Rows.COMPLETIONS && !judges.isEmpty() && findings.sound("/judges")) {
                findings.mistake("/judges", "are of no use: the data says which completions are compared; remove them");
            }
        }

        private void checkRewardModels(Findings findings) {
            if (rewardModel != null && !rewardModels.isEmpty()) {
                findings.mistake("/rewardModel", "stands beside rewardModels; move it into their list");
                return;
            }
            int given = allRewardModels().size();
            if (given < write.fewestRewardModels()) {
                findings.mistake(
                        write.fewestRewardModels() == 1 ? "/rewardModel" : "/rewardModels",
                        write.fewestRewardModels() == 1
                                ? "is missing: it gives the scores that decide"
                                : "are " + given + ", but what is written needs the scores of at least "
                                        + write.fewestRewardModels());
            } else if (given > write.mostRewardModels()) {
                findings.mistake(
                        rewardModel == null ? "/rewardModels" : "/rewardModel",
                        "has no meaning beyond " + write.mostRewardModels() + " for what is written; remove "
                                + (given - write.mostRewardModels()));
            }
            RunSpec.RewardModel.checkNames("/rewardModels", rewardModels, findings);
        }
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
