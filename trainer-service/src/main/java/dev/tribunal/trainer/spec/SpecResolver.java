package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.runs.v1.run.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.Evaluation.HeldOutJudge;
import dev.tribunal.contracts.runs.v1.spec.Evaluation.HeldOutRewardModel;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.BaselineCompletionSource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Policy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Prompts;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Reference;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.RewardModel;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.architecture.ModelConfiguration;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.methods.Experience;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.spec.FileUse.AskedJudge;
import dev.tribunal.trainer.spec.FileUse.Reader;
import dev.tribunal.trainer.spec.References.Pinned;
import dev.tribunal.trainer.spec.Rounds.Placed;
import dev.tribunal.trainer.vllm.SamplerServers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks at everything that a spec refers to (checkpoint, prompt files, judges, reward models) and pins versions and
 * digests. A field that was read with a mistake is passed over; all other fields are looked at, so that the one
 * answer names every mistake of form and of fact. Each prompt file is read once, whatever the number of its tasks.
 */
@Component
public final class SpecResolver {

    private final FileRoots roots;
    private final RunFolders folders;
    private final Engine engine;
    private final Dependencies dependencies;
    private final WebhookCheck webhooks;
    private final EngineCheck engines;
    private final SamplerServers samplers;

    SpecResolver(
            FileRoots roots,
            RunFolders folders,
            Engine engine,
            Dependencies dependencies,
            WebhookCheck webhooks,
            EngineCheck engines,
            SamplerServers samplers) {
        this.roots = roots;
        this.folders = folders;
        this.engine = engine;
        this.dependencies = dependencies;
        this.webhooks = webhooks;
        this.engines = engines;
        this.samplers = samplers;
    }

    /**
     * @param conditions what a person should know of the run from its start
     * @param complete whether the prompt files were checked to their ends; else one of the conditions,
     *     {@link #UNCHECKED}, says how much is left
     */
    public record Resolved(RunSpec spec, List<Condition> conditions, boolean complete) {}

    /** How the conditions begin that hold until the prompt files are checked to their ends, or checked again. */
    public static final String OF_CHECK = "prompts-";

    /** The condition that tells how much of the prompt files was checked. */
    public static final String UNCHECKED = OF_CHECK + "unchecked";

    /** How work that computes is done, on which thread it may be. */
    @FunctionalInterface
    public interface Worker {
        <T> T call(Supplier<T> work);
    }

    /**
     * @param contentType of JSON or YAML
     * @param worker does what computes; other services are asked on the calling thread
     * @throws TribunalException with all mistakes of the spec and of what it refers to
     */
    public Resolved resolve(String body, String contentType, Worker worker, Checking checking) {
        return resolve(InputReader.read(RunSpec.class, InputTree.parse(body, contentType)), worker, checking);
    }

    /**
     * Once more, to the end of the prompt files.
     *
     * @param spec as resolved before, with or without the prompt files' digests
     * @throws TribunalException with all mistakes, or {@link TrainerError#DEPENDENCY_UNREACHABLE}
     */
    public Resolved resolve(RunSpec spec, Checking checking) {
        return resolve(new Input<>(spec, List.of()), Supplier::get, checking);
    }

    private Resolved resolve(Input<RunSpec> draft, Worker worker, Checking checking) {
        Pass pass = new Pass(draft, new References(dependencies), checking);
        return pass.resolved(worker);
    }

    /** @throws TribunalException with all mistakes of the draft and of what it refers to */
    Resolved resolve(Input<RunSpec> draft) {
        return resolve(draft, Supplier::get, Checking.ALL);
    }

    /** A policy that prompts can be written for. */
    private record Model(Path directory, int positions) {}

    private final class Pass {

        private static final int SHOWN_LINES = 10;

        private final Input<RunSpec> draft;
        private final References references;
        private final Checking checking;

        /** Files are looked for on other threads. */
        private final Caller caller = Caller.current();

        private final List<FieldError> mistakes;
        private final List<Condition> conditions = new ArrayList<>();
        /** What tasks want of each file, in the order in which the spec names them. */
        private final Map<Path, List<FileUse>> uses = new LinkedHashMap<>();
        /** Pointer to the digest of the file that it names. */
        private final Map<String, String> digests = new HashMap<>();

        private @Nullable Model model;

        /** The policy's; absent if it cannot be read. */
        private @Nullable ModelConfiguration shape;

        Pass(Input<RunSpec> draft, References references, Checking checking) {
            this.draft = draft;
            this.references = references;
            this.checking = checking;
            this.mistakes = new ArrayList<>(draft.mistakes());
        }

        Resolved resolved(Worker worker) {
            RunSpec written = Objects.requireNonNull(draft.value(), "a spec takes what stands in");
            Rounds rounds = new Rounds(draft, written, this::mistake);
            StageNames.check(draft, rounds.placed(), this::mistake);
            List<Stage> asked = rounds.placed().stream().map(this::asked).toList();
            List<Stage> inspected = new ArrayList<>();
            Policy policy = worker.call(() -> {
                Policy pinned = policy(written.policy(), samples(rounds.placed()));
                for (int i = 0; i < asked.size(); i++) {
                    inspected.add(inspected(asked.get(i), rounds.placed().get(i).pointer()));
                }
                checkFiles(written);
                return pinned;
            });
            checkEngine(written, rounds.placed());
            if (written.webhook() != null && draft.sound("/webhook")) {
                webhooks.mistakes(written.webhook())
                        .forEach(error -> mistake("/webhook" + error.pointer(), error.detail()));
            }
            checkSampler(written.policy());
            throwMistakes();
            List<Stage> pinned = new ArrayList<>();
            for (int i = 0; i < inspected.size(); i++) {
                pinned.add(withDigests(inspected.get(i), rounds.placed().get(i).pointer()));
            }
            List<Stage> stages = rounds.expanded(pinned);
            boolean one = written.stages().isEmpty();
            RunSpec spec = new RunSpec(
                    written.apiVersion(),
                    written.name(),
                    written.labels(),
                    policy,
                    written.training(),
                    one && stages.getFirst() instanceof Stage.Train train ? train.evaluation() : written.evaluation(),
                    written.combiner(),
                    one && stages.getFirst() instanceof Stage.Train train ? train.reference() : written.reference(),
                    one ? stages.getFirst().tasks() : List.of(),
                    one ? List.of() : stages,
                    written.alarms(),
                    written.webhook());
            boolean complete =
                    conditions.stream().noneMatch(condition -> condition.type().equals(UNCHECKED));
            return new Resolved(spec, List.copyOf(conditions), complete);
        }

        private void checkEngine(RunSpec written, List<Placed> stages) {
            PolicyEngine ofPolicy = written.policy().engine();
            if (ofPolicy == null || !draft.sound("/policy") || !draft.sound("/policy/engine")) {
                return;
            }
            engines.mistakes(written.policy(), ofPolicy)
                    .forEach(error -> mistake("/policy" + error.pointer(), error.detail()));
            new EngineNeeds(engines.capabilities(ofPolicy), draft::sound, this::mistake)
                    .check(written.policy(), stages);
        }

        private void checkSampler(Policy policy) {
            if (draft.sound("/policy/sampler") && policy.sampler() instanceof Sampler.Vllm vllm) {
                samplers.mistakes(vllm).forEach(error -> mistake("/policy/sampler" + error.pointer(), error.detail()));
                try {
                    roots.folder(vllm.adapters());
                } catch (IllegalArgumentException e) {
                    mistake("/policy/sampler/adapters", String.valueOf(e.getMessage()));
                }
            }
        }

        /** With what other services know of it. */
        private Stage asked(Placed placed) {
            String at = placed.pointer();
            return switch (placed.stage()) {
                case Stage.Train train -> {
                    HeldOut heldOut = new HeldOut(train.evaluation(), at + "/evaluation");
                    List<Task> tasks = tasks(train.tasks(), heldOut, at);
                    heldOut.checkApart(tasks);
                    yield train.withTasks(tasks).withEvaluation(heldOut.pinned());
                }
                case Stage.Soup soup -> soup;
                case Stage.SoupSweep sweep -> {
                    use(sweep.source(), use(sweep.name(), at + "/source", Experience.ROLLOUTS, sweep.sourceDigest()));
                    yield sweep.withRewardModels(rewardModels(sweep.rewardModels(), new ArrayList<>(), at));
                }
                case Stage.Generate generate -> {
                    use(
                            generate.source(),
                            use(generate.name(), at + "/source", Experience.ROLLOUTS, generate.sourceDigest()));
                    yield generate;
                }
                case Stage.Label label -> {
                    Experience rows = draft.sound(at + "/write")
                            ? switch (label.write().reads()) {
                                case COMPLETIONS -> Experience.DEMONSTRATIONS;
                                case PAIRS -> Experience.PAIRS;
                                case PROMPTS -> Experience.ROLLOUTS;
                            }
                            : Experience.ROLLOUTS;
                    use(label.source(), use(label.name(), at + "/source", rows, label.sourceDigest()));
                    Pinned model = rewardModel(label.rewardModel(), label.rewardModelDigest(), new ArrayList<>(), at);
                    yield label.pinned(
                            model == null ? null : model.reference(),
                            model == null ? null : model.digest(),
                            rewardModels(label.rewardModels(), new ArrayList<>(), at),
                            judges(label.judges(), new TreeMap<>(), new ArrayList<>(), at));
                }
                case Stage.RewardModel model -> {
                    use(model.pairs(), use(model.name(), at + "/pairs", Experience.PAIRS, model.pairsDigest()));
                    yield model;
                }
                case Stage.Repeat repeat -> repeat;
            };
        }

        private static FileUse use(String stage, String pointer, Experience experience, @Nullable String digest) {
            return new FileUse(stage, pointer, true, experience, digest, null, Map.of(), List.of(), List.of());
        }

        /** With the digests of the checkpoints that it names. */
        private Stage inspected(Stage stage, String at) {
            return switch (stage) {
                case Stage.Train train -> train.withReference(reference(train.reference(), at + "/reference"));
                case Stage.Soup soup -> new Stage.Soup(soup.name(), parts(soup.parts(), at));
                case Stage.RewardModel model ->
                    new Stage.RewardModel(
                            model.name(),
                            model.backbone(),
                            checkpointDigest(
                                    model.backbone(), model.backboneDigest(), at + "/backbone", at + "/backboneDigest"),
                            model.pairs(),
                            model.pairsDigest(),
                            model.training());
                case Stage.SoupSweep sweep -> sweep;
                case Stage.Generate generate -> generate;
                case Stage.Label label -> label;
                case Stage.Repeat repeat -> repeat;
            };
        }

        private List<RunSpec.SoupPart> parts(List<RunSpec.SoupPart> parts, String at) {
            return IntStream.range(0, parts.size())
                    .mapToObj(i -> part(parts.get(i), at + "/parts/" + i))
                    .toList();
        }

        /** The digest of what a stage leaves is known when it is there. */
        private RunSpec.SoupPart part(RunSpec.SoupPart part, String at) {
            if (Stage.named(part.model()).isPresent() || !draft.sound(at + "/model")) {
                return part;
            }
            CheckpointSummary found = likeThePolicy(part.model(), part.digest(), at, "weights are mixed one by one");
            return found == null ? part : part.pinned(found.digest());
        }

        /**
         * A checkpoint that has to be of the policy's shape.
         *
         * @param why it has to
         * @return absent if it cannot be read
         */
        private @Nullable CheckpointSummary likeThePolicy(
                String model, @Nullable String digest, String at, String why) {
            CheckpointSummary found = languageModel(model, digest, at + "/model", at + "/digest", "this");
            if (found != null && shape != null && !found.configuration().equals(shape)) {
                mistake(at + "/model", "'" + model + "' is of another shape than the policy; " + why);
            }
            return found;
        }

        /** @return absent for the artifact of a stage, whose digest the run knows when it is there */
        private @Nullable String checkpointDigest(String model, @Nullable String digest, String at, String atDigest) {
            if (Stage.named(model).isPresent() || !draft.sound(at)) {
                return digest;
            }
            CheckpointSummary found = languageModel(model, digest, at, atDigest, "this");
            return found == null ? digest : found.digest();
        }

        /**
         * @param needing what a language model is for
         * @return absent if it cannot be read
         */
        private @Nullable CheckpointSummary languageModel(
                String model, @Nullable String digest, String at, String atDigest, String needing) {
            try {
                CheckpointSummary found = engine.inspect(checkpoint(model));
                checkDigest(atDigest, digest, found.digest());
                if (found.isScoring()) {
                    mistake(
                            at,
                            "'" + model + "' is a sequence-classification checkpoint; " + needing
                                    + " needs a language model");
                }
                return found;
            } catch (IllegalArgumentException | CheckpointException e) {
                mistake(at, String.valueOf(e.getMessage()));
                return null;
            }
        }

        private Path checkpoint(String reference) {
            return folders.seen(reference, roots.checkpoint(reference), caller);
        }

        private Stage withDigests(Stage stage, String at) {
            return switch (stage) {
                case Stage.Train train -> train.withTasks(withDigests(train.tasks(), at));
                case Stage.SoupSweep sweep -> sweep.withSourceDigest(digest(at + "/source", sweep.sourceDigest()));
                case Stage.Generate generate ->
                    generate.withSourceDigest(digest(at + "/source", generate.sourceDigest()));
                case Stage.Label label -> label.withSourceDigest(digest(at + "/source", label.sourceDigest()));
                case Stage.RewardModel model ->
                    new Stage.RewardModel(
                            model.name(),
                            model.backbone(),
                            model.backboneDigest(),
                            model.pairs(),
                            digest(at + "/pairs", model.pairsDigest()),
                            model.training());
                case Stage.Soup soup -> soup;
                case Stage.Repeat repeat -> repeat;
            };
        }

        private @Nullable String digest(String pointer, @Nullable String written) {
            String found = digests.get(pointer);
            return found == null ? written : found;
        }

        private List<Task> withDigests(List<Task> tasks, String stage) {
            return IntStream.range(0, tasks.size())
                    .mapToObj(i -> withDigests(tasks.get(i), stage + "/tasks/" + i + "/prompts"))
                    .toList();
        }

        private Task withDigests(Task task, String at) {
            Prompts prompts = task.prompts();
            return task.withPrompts(prompts.withDigests(
                    digest(at + "/source", prompts.sourceDigest()), digest(at + "/heldOut", prompts.heldOutDigest())));
        }

        void throwMistakes() {
            if (mistakes.isEmpty()) {
                return;
            }
            boolean onlyUnreachable = mistakes.stream().allMatch(references::isUnreachable);
            FieldError first = mistakes.getFirst();
            throw new TribunalException(
                    onlyUnreachable ? TrainerError.DEPENDENCY_UNREACHABLE : TrainerError.INVALID_SPEC,
                    onlyUnreachable
                            ? "The spec cannot be checked now: " + first.pointer() + " " + first.detail()
                            : mistakes.size() == 1
                                    ? "The spec has a mistake: " + first.pointer() + " " + first.detail()
                                    : "The spec has " + mistakes.size() + " mistakes; 'errors' names each of them.",
                    mistakes);
        }

        private List<Task> tasks(List<Task> written, HeldOut heldOut, String stage) {
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < written.size(); i++) {
                tasks.add(task(written.get(i), heldOut, stage + "/tasks/" + i));
            }
            return tasks;
        }

        /** The judges and reward models of an evaluation, each asked for once, and what they want of the prompts. */
        private final class HeldOut {

            private record Wanted(Map<String, String> needed, List<AskedJudge> asked, List<Reader> readers) {

                private static Wanted nothing() {
                    return new Wanted(new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
                }
            }

            private final Evaluation written;
            private final String at;
            private final List<HeldOutJudge> judges = new ArrayList<>();
            private final List<HeldOutRewardModel> models = new ArrayList<>();
            private final List<Wanted> ofJudges = new ArrayList<>();
            private final List<Wanted> ofModels = new ArrayList<>();

            HeldOut(Evaluation written, String at) {
                this.written = written;
                this.at = at;
                for (int i = 0; i < written.heldOutJudges().size(); i++) {
                    HeldOutJudge each = written.heldOutJudges().get(i);
                    Wanted wanted = Wanted.nothing();
                    Judge pinned = judge(each.asJudge(), wanted.needed, wanted.asked, at + "/heldOutJudges/" + i);
                    judges.add(new HeldOutJudge(pinned.judge(), pinned.digest(), pinned.parameters(), each.tasks()));
                    ofJudges.add(wanted);
                }
                for (int i = 0; i < written.heldOutRewardModels().size(); i++) {
                    HeldOutRewardModel each = written.heldOutRewardModels().get(i);
                    Wanted wanted = Wanted.nothing();
                    String place = at + "/heldOutRewardModels/" + i;
                    Pinned pinned = rewardModel(each.model(), each.digest(), wanted.readers, place, place + "/digest");
                    models.add(new HeldOutRewardModel(pinned.reference(), pinned.digest(), each.name(), each.tasks()));
                    ofModels.add(wanted);
                }
            }

            Evaluation pinned() {
                return written.pinned(judges, models);
            }

            /** Adds what they want of a task's held-out prompts. */
            void add(String task, Map<String, String> needed, List<AskedJudge> asked, List<Reader> readers) {
                for (int i = 0; i < judges.size(); i++) {
                    if (judges.get(i).isOf(task)) {
                        ofJudges.get(i).needed.forEach(needed::putIfAbsent);
                        asked.addAll(ofJudges.get(i).asked);
                    }
                }
                for (int i = 0; i < models.size(); i++) {
                    if (models.get(i).isOf(task)) {
                        readers.addAll(ofModels.get(i).readers);
                    }
                }
            }

            /** What trains a task tells nothing about whether the task is gamed. */
            void checkApart(List<Task> tasks) {
                for (Task task : tasks) {
                    for (int i = 0; i < judges.size(); i++) {
                        HeldOutJudge judge = judges.get(i);
                        if (judge.isOf(task.name())
                                && task.judges().stream()
                                        .anyMatch(other -> other.judge().equals(judge.judge()))) {
                            refuse(at + "/heldOutJudges/" + i, judge.judge(), task);
                        }
                    }
                    for (int i = 0; i < models.size(); i++) {
                        HeldOutRewardModel model = models.get(i);
                        if (model.isOf(task.name())
                                && task.allRewardModels().stream()
                                        .anyMatch(other -> other.model().equals(model.model()))) {
                            refuse(at + "/heldOutRewardModels/" + i, model.model(), task);
                        }
                    }
                }
            }

            private void refuse(String pointer, String name, Task task) {
                if (draft.sound(pointer)) {
                    mistake(
                            pointer,
                            "is '" + name + "', which trains task '" + task.name()
                                    + "' as well; take another one, or name the other tasks in its tasks");
                }
            }
        }

        /** The small files first: their mistakes are then known when the time for large ones is up. */
        private void checkFiles(RunSpec written) {
            List<Path> bySize = uses.keySet().stream()
                    .sorted(Comparator.comparingLong(file -> file.toFile().length()))
                    .toList();
            JudgeChecks judges = new JudgeChecks(dependencies.judges());
            Model read = model;
            List<PromptFileCheck> checks = read == null
                    ? checkFiles(bySize, null, judges)
                    : engine.withTokenizer(
                            read.directory,
                            tokenizer -> checkFiles(
                                    bySize,
                                    new PromptTokens(
                                            tokenizer,
                                            read.positions,
                                            written.policy().maxNewTokens()),
                                    judges));
            tellUnfinished(checks);
            checks.stream().filter(PromptFileCheck::finished).forEach(check -> checkDigests(check));
            checkReaders(checks);
            compareHeldOut(checks);
            judges.silent()
                    .forEach((judge, why) -> tell(
                            OF_CHECK + "not-shown:" + judge,
                            "the judge '" + judge + "' did not look at the prompts (" + why
                                    + "): what it cannot read of them shows only in training, as undecided"));
        }

        /** Whether each reward model reads the longest prompt of its task's files and a completion. */
        private void checkReaders(List<PromptFileCheck> checks) {
            Set<String> told = new HashSet<>();
            checks.stream()
                    .sorted(Comparator.comparingInt(PromptFileCheck::longest).reversed())
                    .forEach(check -> check.uses().stream()
                            .flatMap(use -> use.readers().stream())
                            .map(check::unreadable)
                            .filter(Objects::nonNull)
                            .filter(mistake -> told.add(mistake.pointer()))
                            .forEach(mistakes::add));
        }

        private List<PromptFileCheck> checkFiles(List<Path> files, @Nullable PromptTokens tokens, JudgeChecks judges) {
            List<PromptFileCheck> checks = new ArrayList<>();
            for (Path file : files) {
                PromptFileCheck check =
                        new PromptFileCheck(file, uses.getOrDefault(file, List.of()), tokens, judges, checking);
                check.run(mistakes);
                checks.add(check);
            }
            return checks;
        }

        private void tellUnfinished(List<PromptFileCheck> checks) {
            List<PromptFileCheck> unfinished =
                    checks.stream().filter(PromptFileCheck::unfinished).toList();
            if (!unfinished.isEmpty()) {
                tell(
                        UNCHECKED,
                        unfinished.stream()
                                        .map(check -> "of " + check.file().getFileName() + " the first "
                                                + check.checked() + " lines were checked so far")
                                        .collect(Collectors.joining("; "))
                                + "; the rest is checked after the run is created, before it is queued");
            }
        }

        private void checkDigests(PromptFileCheck check) {
            String digest = check.digest();
            for (FileUse use : check.uses()) {
                checkDigest(use.pointer() + "Digest", use.digest(), digest);
                digests.put(use.pointer(), String.valueOf(digest));
            }
        }

        /** A held-out prompt that is trained on as well measures memory, whatever file it stands in. */
        private void compareHeldOut(List<PromptFileCheck> checks) {
            for (PromptFileCheck held : checks) {
                for (FileUse use : held.uses()) {
                    if (!use.training()) {
                        checks.stream()
                                .filter(other -> other.uses().stream().anyMatch(FileUse::training))
                                .forEach(source -> compare(held, use, source));
                    }
                }
            }
        }

        private void compare(PromptFileCheck held, FileUse use, PromptFileCheck source) {
            if (source == held) {
                mistake(use.pointer(), "is a file that the run trains on; hold other prompts out");
                return;
            }
            long[] shared = held.finished() && source.finished() ? held.linesSharedWith(source) : new long[0];
            if (shared.length > 0) {
                tell(
                        "held-out-trained-on:" + use.task() + ":"
                                + source.file().getFileName(),
                        shared.length + " of " + held.checked() + " held-out prompts of task '" + use.task()
                                + "' are also in " + source.file().getFileName() + ", which the run trains on: "
                                + held.named(shared, SHOWN_LINES) + " of "
                                + held.file().getFileName() + "; what they measure is memory, take them out");
            }
        }

        /** It may be back before it is needed, so that it is no mistake. */
        private void tellAway(String kind, Pinned pinned) {
            String type = kind + "-away:" + pinned.reference();
            if (pinned.away() != null) {
                tell(
                        type,
                        "the " + kind.replace('-', ' ') + " '" + pinned.reference() + "' is away: " + pinned.away()
                                + "; bring it back before the run asks it");
            }
        }

        /** Once, however many stages it is true of. */
        private void tell(String type, String message) {
            if (conditions.stream().noneMatch(told -> told.type().equals(type))) {
                conditions.add(new Condition(type, message, Instant.now()));
            }
        }

        private Reference reference(Reference written, String at) {
            if (!draft.sound(at)) {
                return written;
            }
            return switch (written) {
                case RunSpec.Start start -> start;
                case RunSpec.Base base -> base;
                case RunSpec.Previous previous -> previous;
                case RunSpec.None none -> none;
                case RunSpec.Checkpoint checkpoint -> {
                    CheckpointSummary found = languageModel(
                            checkpoint.model(), checkpoint.digest(), at + "/model", at + "/digest", "a reference");
                    if (found != null) {
                        requireItReads(found.configuration(), checkpoint.model(), at + "/model");
                    }
                    yield found == null ? written : new RunSpec.Checkpoint(checkpoint.model(), found.digest());
                }
                case RunSpec.Soup soup -> new RunSpec.Soup(parts(soup.parts(), at));
                case RunSpec.OfStage earlier -> earlier;
            };
        }

        /** A reference is given the policy's tokens, as many as the policy reads. */
        private void requireItReads(ModelConfiguration reference, String model, String at) {
            if (shape == null) {
                return;
            }
            if (reference.vocabularySize() != shape.vocabularySize()) {
                mistake(
                        at,
                        "'" + model + "' has " + reference.vocabularySize() + " tokens, and the policy "
                                + shape.vocabularySize() + ": a reference needs the policy's tokenizer");
            }
            if (reference.maxPositions() < shape.maxPositions()) {
                mistake(
                        at,
                        "'" + model + "' has " + reference.maxPositions() + " positions, and the policy "
                                + shape.maxPositions() + ": a reference has to read what the policy writes");
            }
        }

        /** Whether anything is sampled, as far as the methods are known. */
        private boolean samples(List<Placed> stages) {
            return stages.stream()
                    .anyMatch(placed -> placed.stage() instanceof Stage.Generate
                            || placed.stage() instanceof Stage.SoupSweep
                            || samples(placed));
        }

        private boolean samples(Placed placed) {
            List<Task> tasks = placed.stage().tasks();
            return IntStream.range(0, tasks.size())
                    .filter(i -> draft.sound(placed.pointer() + "/tasks/" + i + "/method"))
                    .anyMatch(i -> tasks.get(i).samples());
        }

        private @Nullable Experience experience(Task task, String prompts) {
            return draft.sound(prompts.replaceFirst("/prompts$", "/method"))
                    ? task.method().experience()
                    : null;
        }

        /** @param samples whether completions are drawn from it */
        private Policy policy(Policy written, boolean samples) {
            if (!draft.sound("/policy/model")) {
                return written;
            }
            Path directory;
            CheckpointSummary found;
            try {
                directory = checkpoint(written.model());
                found = engine.inspect(directory);
            } catch (IllegalArgumentException | CheckpointException e) {
                mistake("/policy/model", String.valueOf(e.getMessage()));
                return written;
            }
            shape = found.configuration();
            if (found.isScoring()) {
                mistake(
                        "/policy/model",
                        "'" + written.model() + "' is a sequence-classification checkpoint;"
                                + " a policy needs a language model");
            }
            if (!found.chatTemplate()) {
                mistake(
                        "/policy/model",
                        "'" + written.model() + "' has no chat template; add chat_template to its"
                                + " tokenizer_config.json");
            }
            found.unlistedTurnEnd()
                    .ifPresent(token -> tell(
                            "turn-end-unlisted",
                            "the chat template of '" + written.model() + "' ends a turn with " + token
                                    + ", which no file of the checkpoint lists as a token that ends a text; completions stop"
                                    + " there all the same, but programs that serve the checkpoint may not: add it to"
                                    + " eos_token_id in generation_config.json"));
            checkDigest("/policy/digest", written.digest(), found.digest());
            if (samples && (written.topK() > 0 || written.topP() < 1)) {
                tell(
                        "sampling-truncated",
                        "policy.topK and policy.topP keep tokens from being drawn that the log-probabilities count all the"
                                + " same: the gradient is that of another distribution than the one sampled from; leave them"
                                + " at 0 and 1, and lower policy.temperature if completions are too wild");
            }
            int positions = found.configuration().maxPositions();
            if (samples && draft.sound("/policy/maxNewTokens") && written.maxNewTokens() >= positions) {
                mistake(
                        "/policy/maxNewTokens",
                        "is " + written.maxNewTokens() + ", but the model has " + positions
                                + " positions for prompt and completion together");
            } else if (draft.sound("/policy/maxNewTokens") && found.chatTemplate()) {
                model = new Model(directory, positions);
            }
            return new Policy(
                    written.model(),
                    found.digest(),
                    written.maxNewTokens(),
                    written.temperature(),
                    written.topK(),
                    written.topP(),
                    written.stop(),
                    worthwhile(written.precision()),
                    written.activationCheckpointing(),
                    written.lora(),
                    written.engine(),
                    written.sampler());
        }

        /** As written, or fp32 where that is faster: from here on the run says what it is computed in, wherever. */
        private Precision worthwhile(Precision written) {
            return switch (written) {
                case FP32 -> written;
                case BF16 -> {
                    if (EngineSpeed.isWorthwhile(dev.tribunal.languagemodel.Precision.BF16)) {
                        yield written;
                    }
                    tell(
                            "precision-fp32",
                            "policy.precision was bf16, for which this trainer's processor has no instructions: it would"
                                    + " be slower than fp32, several times. The run computes in fp32 instead, which takes"
                                    + " more memory; create it where the processor has bf16 to train in bf16");
                    yield Precision.FP32;
                }
            };
        }

        private Task task(Task written, HeldOut heldOut, String at) {
            if (draft.sound(at + "/method") && !written.samples()) {
                usePrompts(written, heldOut, Map.of(), List.of(), List.of(), at + "/prompts");
                return written;
            }
            if (written.judges().isEmpty() && draft.sound(at + "/judges")) {
                tell(
                        "no-judges:" + written.name(),
                        "task '" + written.name() + "' has no judges: nothing constrains its completions");
            }
            List<Reader> readers = new ArrayList<>();
            Pinned rewardModel = rewardModel(written.rewardModel(), written.rewardModelDigest(), readers, at);
            List<RewardModel> rewardModels = rewardModels(written.rewardModels(), readers, at);
            Map<String, String> needed = new TreeMap<>();
            List<AskedJudge> asked = new ArrayList<>();
            List<Judge> judges = judges(written.judges(), needed, asked, at);
            usePrompts(written, heldOut, needed, asked, readers, at + "/prompts");
            return written.with(
                    rewardModel == null ? null : rewardModel.reference(),
                    rewardModel == null ? null : rewardModel.digest(),
                    rewardModels,
                    judges);
        }

        private @Nullable Pinned rewardModel(
                @Nullable String reference, @Nullable String digest, List<Reader> readers, String at) {
            return reference == null
                    ? null
                    : rewardModel(reference, digest, readers, at + "/rewardModel", at + "/rewardModelDigest");
        }

        private List<RewardModel> rewardModels(List<RewardModel> written, List<Reader> readers, String at) {
            return IntStream.range(0, written.size())
                    .mapToObj(i -> {
                        RewardModel model = written.get(i);
                        String place = at + "/rewardModels/" + i;
                        Pinned pinned = rewardModel(model.model(), model.digest(), readers, place, place + "/digest");
                        return model.pinned(pinned.reference(), pinned.digest());
                    })
                    .toList();
        }

        /**
         * One that a stage trains is pinned when it is there.
         *
         * @param readers gets it, if it is known how much it reads
         */
        private Pinned rewardModel(
                String reference, @Nullable String digest, List<Reader> readers, String at, String digestAt) {
            if (!draft.sound(at)) {
                return new Pinned(reference, null);
            }
            if (Stage.named(reference).isPresent()) {
                return new Pinned(reference, digest);
            }
            try {
                Pinned pinned = references.rewardModel(reference);
                checkDigest(digestAt, digest, pinned.digest());
                tellAway("reward-model", pinned);
                if (pinned.maxTokens() != null) {
                    readers.add(new Reader(at, pinned.reference(), pinned.maxTokens()));
                }
                return pinned;
            } catch (References.UnusableException e) {
                mistakes.addAll(e.errors(at));
                return new Pinned(reference, null);
            }
        }

        /**
         * @param needed is filled with the fields that judges need, and who needs them
         * @param asked is filled with the judges that there are
         */
        private List<Judge> judges(List<Judge> written, Map<String, String> needed, List<AskedJudge> asked, String at) {
            List<Judge> pinned = new ArrayList<>();
            for (int i = 0; i < written.size(); i++) {
                Judge judge = judge(written.get(i), needed, asked, at + "/judges/" + i);
                if (pinned.contains(judge)) {
                    mistake(
                            at + "/judges/" + i,
                            "is '" + judge.judge() + "' with the same parameters once more;"
                                    + " remove it, since it would only be asked twice");
                }
                pinned.add(judge);
            }
            return pinned;
        }

        private Judge judge(Judge written, Map<String, String> needed, List<AskedJudge> asked, String at) {
            if (!draft.sound(at) || !draft.sound(at + "/judge")) {
                return written;
            }
            try {
                Pinned pinned = references.judge(written.judge(), written.parameters());
                checkDigest(at + "/digest", written.digest(), pinned.digest());
                tellAway("judge", pinned);
                pinned.requires().forEach(field -> needed.putIfAbsent(field, pinned.reference()));
                asked.add(new AskedJudge(pinned, written.parameters()));
                return new Judge(pinned.reference(), pinned.digest(), written.parameters());
            } catch (References.UnusableException e) {
                mistakes.addAll(e.errors(at));
                return written;
            }
        }

        private void usePrompts(
                Task task,
                HeldOut heldOut,
                Map<String, String> needed,
                List<AskedJudge> asked,
                List<Reader> readers,
                String at) {
            Prompts prompts = task.prompts();
            String field = baselineField(prompts, at);
            use(
                    prompts.source(),
                    new FileUse(
                            task.name(),
                            at + "/source",
                            true,
                            experience(task, at),
                            prompts.sourceDigest(),
                            field,
                            needed,
                            asked,
                            readers));
            if (prompts.heldOut() != null) {
                Map<String, String> alsoNeeded = new TreeMap<>(needed);
                List<AskedJudge> alsoAsked = new ArrayList<>(asked);
                List<Reader> alsoReaders = new ArrayList<>(readers);
                if (draft.sound(at.replaceFirst("/prompts$", "/method")) && task.samples()) {
                    heldOut.add(task.name(), alsoNeeded, alsoAsked, alsoReaders);
                }
                use(
                        prompts.heldOut(),
                        new FileUse(
                                task.name(),
                                at + "/heldOut",
                                false,
                                experience(task, at),
                                prompts.heldOutDigest(),
                                field,
                                alsoNeeded,
                                alsoAsked,
                                alsoReaders));
            }
        }

        private @Nullable String baselineField(Prompts prompts, String at) {
            BaselineCompletionSource baseline = prompts.baseline();
            return baseline == null || !draft.sound(at + "/baseline/field") ? null : baseline.field();
        }

        private void use(String reference, FileUse use) {
            if (draft.sound(use.pointer()) && Stage.named(reference).isEmpty()) {
                try {
                    uses.computeIfAbsent(
                                    folders.seen(reference, roots.file(reference), caller), file -> new ArrayList<>())
                            .add(use);
                } catch (IllegalArgumentException e) {
                    mistake(use.pointer(), String.valueOf(e.getMessage()));
                }
            }
        }

        private void checkDigest(String at, @Nullable String written, @Nullable String found) {
            if (written != null && draft.sound(at) && !written.equals(found)) {
                mistake(
                        at,
                        "is '" + written + "', but what it pins has the digest '" + found
                                + "' now; remove the digest to take it as it is");
            }
        }

        private void mistake(String pointer, String detail) {
            mistakes.add(new FieldError(pointer, detail));
        }
    }
}
