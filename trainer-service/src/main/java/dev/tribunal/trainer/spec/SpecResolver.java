package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.runs.v1.run.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.BaselineCompletionSource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Policy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Prompts;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.RewardModel;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.methods.Experience;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
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
     *     {@link Checking#UNCHECKED}, says how much is left
     */
    public record Resolved(RunSpec spec, List<Condition> conditions, boolean complete) {}

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

    private final class Pass {

        private final Input<RunSpec> draft;
        private final References references;
        private final SpecFindings findings;
        private final SpecCheckpoints checkpoints;
        private final SpecServices services;
        private final SpecFiles files;

        Pass(Input<RunSpec> draft, References references, Checking checking) {
            this.draft = draft;
            this.references = references;
            this.findings = new SpecFindings(draft);
            this.checkpoints = new SpecCheckpoints(roots, folders, engine, findings);
            this.services = new SpecServices(references, findings);
            this.files = new SpecFiles(roots, folders, engine, dependencies, checking, findings);
        }

        Resolved resolved(Worker worker) {
            RunSpec written = Objects.requireNonNull(draft.value(), "a spec takes what stands in");
            Rounds rounds = new Rounds(draft, written, findings::mistake);
            StageNames.check(draft, rounds.placed(), findings::mistake);
            List<Stage> asked = rounds.placed().stream().map(this::asked).toList();
            List<Stage> inspected = new ArrayList<>();
            Policy policy = worker.call(() -> {
                Policy pinned = checkpoints.policy(written.policy(), samples(rounds.placed()));
                for (int i = 0; i < asked.size(); i++) {
                    inspected.add(inspected(asked.get(i), rounds.placed().get(i).pointer()));
                }
                files.check(written.policy().maxNewTokens(), checkpoints.model());
                return pinned;
            });
            checkEngine(written, rounds.placed());
            if (written.webhook() != null && findings.sound("/webhook")) {
                webhooks.mistakes(written.webhook())
                        .forEach(error -> findings.mistake("/webhook" + error.pointer(), error.detail()));
            }
            checkSampler(written.policy());
            findings.throwMistakes(references::isUnreachable);
            List<Stage> pinned = new ArrayList<>();
            for (int i = 0; i < inspected.size(); i++) {
                pinned.add(files.withDigests(
                        inspected.get(i), rounds.placed().get(i).pointer()));
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
            List<Condition> conditions = findings.conditions();
            boolean complete =
                    conditions.stream().noneMatch(condition -> condition.type().equals(Checking.UNCHECKED));
            return new Resolved(spec, conditions, complete);
        }

        private void checkEngine(RunSpec written, List<Placed> stages) {
            PolicyEngine ofPolicy = written.policy().engine();
            if (ofPolicy == null || !findings.sound("/policy") || !findings.sound("/policy/engine")) {
                return;
            }
            engines.mistakes(written.policy(), ofPolicy)
                    .forEach(error -> findings.mistake("/policy" + error.pointer(), error.detail()));
            new EngineNeeds(engines.capabilities(ofPolicy), findings::sound, findings::mistake)
                    .check(written.policy(), stages);
        }

        private void checkSampler(Policy policy) {
            if (findings.sound("/policy/sampler") && policy.sampler() instanceof Sampler.Vllm vllm) {
                samplers.mistakes(vllm)
                        .forEach(error -> findings.mistake("/policy/sampler" + error.pointer(), error.detail()));
                try {
                    roots.folder(vllm.adapters());
                } catch (IllegalArgumentException e) {
                    findings.mistake("/policy/sampler/adapters", String.valueOf(e.getMessage()));
                }
            }
        }

        /** With what other services know of it. */
        private Stage asked(Placed placed) {
            String at = placed.pointer();
            return switch (placed.stage()) {
                case Stage.Train train -> {
                    HeldOutServices heldOut =
                            new HeldOutServices(train.evaluation(), at + "/evaluation", services, findings);
                    List<Task> tasks = tasks(train.tasks(), heldOut, at);
                    heldOut.checkApart(tasks);
                    yield train.withTasks(tasks).withEvaluation(heldOut.pinned());
                }
                case Stage.Soup soup -> soup;
                case Stage.SoupSweep sweep -> {
                    files.use(
                            sweep.source(),
                            use(sweep.name(), at + "/source", Experience.ROLLOUTS, sweep.sourceDigest()));
                    yield sweep.withRewardModels(services.rewardModels(sweep.rewardModels(), new ArrayList<>(), at));
                }
                case Stage.Generate generate -> {
                    files.use(
                            generate.source(),
                            use(generate.name(), at + "/source", Experience.ROLLOUTS, generate.sourceDigest()));
                    yield generate;
                }
                case Stage.Label label -> {
                    Experience rows = findings.sound(at + "/write")
                            ? switch (label.write().reads()) {
                                case COMPLETIONS -> Experience.DEMONSTRATIONS;
                                case PAIRS -> Experience.PAIRS;
                                case PROMPTS -> Experience.ROLLOUTS;
                            }
                            : Experience.ROLLOUTS;
                    files.use(label.source(), use(label.name(), at + "/source", rows, label.sourceDigest()));
                    Pinned model =
                            services.rewardModel(label.rewardModel(), label.rewardModelDigest(), new ArrayList<>(), at);
                    yield label.pinned(
                            model == null ? null : model.reference(),
                            model == null ? null : model.digest(),
                            services.rewardModels(label.rewardModels(), new ArrayList<>(), at),
                            services.judges(label.judges(), new TreeMap<>(), new ArrayList<>(), at));
                }
                case Stage.RewardModel model -> {
                    files.use(model.pairs(), use(model.name(), at + "/pairs", Experience.PAIRS, model.pairsDigest()));
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
                case Stage.Train train ->
                    train.withReference(checkpoints.reference(train.reference(), at + "/reference"));
                case Stage.Soup soup -> new Stage.Soup(soup.name(), checkpoints.parts(soup.parts(), at));
                case Stage.RewardModel model ->
                    new Stage.RewardModel(
                            model.name(),
                            model.backbone(),
                            checkpoints.checkpointDigest(
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

        private List<Task> tasks(List<Task> written, HeldOutServices heldOut, String stage) {
            List<Task> tasks = new ArrayList<>();
            for (int i = 0; i < written.size(); i++) {
                tasks.add(task(written.get(i), heldOut, stage + "/tasks/" + i));
            }
            return tasks;
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
                    .filter(i -> findings.sound(placed.pointer() + "/tasks/" + i + "/method"))
                    .anyMatch(i -> tasks.get(i).samples());
        }

        private @Nullable Experience experience(Task task, String prompts) {
            return findings.sound(prompts.replaceFirst("/prompts$", "/method"))
                    ? task.method().experience()
                    : null;
        }

        private Task task(Task written, HeldOutServices heldOut, String at) {
            if (findings.sound(at + "/method") && !written.samples()) {
                usePrompts(written, heldOut, Map.of(), List.of(), List.of(), at + "/prompts");
                return written;
            }
            if (written.judges().isEmpty() && findings.sound(at + "/judges")) {
                findings.tell(
                        "no-judges:" + written.name(),
                        "task '" + written.name() + "' has no judges: nothing constrains its completions");
            }
            List<Reader> readers = new ArrayList<>();
            Pinned rewardModel = services.rewardModel(written.rewardModel(), written.rewardModelDigest(), readers, at);
            List<RewardModel> rewardModels = services.rewardModels(written.rewardModels(), readers, at);
            Map<String, String> needed = new TreeMap<>();
            List<AskedJudge> asked = new ArrayList<>();
            List<Judge> judges = services.judges(written.judges(), needed, asked, at);
            usePrompts(written, heldOut, needed, asked, readers, at + "/prompts");
            return written.with(
                    rewardModel == null ? null : rewardModel.reference(),
                    rewardModel == null ? null : rewardModel.digest(),
                    rewardModels,
                    judges);
        }

        private void usePrompts(
                Task task,
                HeldOutServices heldOut,
                Map<String, String> needed,
                List<AskedJudge> asked,
                List<Reader> readers,
                String at) {
            Prompts prompts = task.prompts();
            String field = baselineField(prompts, at);
            files.use(
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
                if (findings.sound(at.replaceFirst("/prompts$", "/method")) && task.samples()) {
                    heldOut.add(task.name(), alsoNeeded, alsoAsked, alsoReaders);
                }
                files.use(
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
            return baseline == null || !findings.sound(at + "/baseline/field") ? null : baseline.field();
        }
    }
}
