package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.Wanted;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.Need;
import dev.tribunal.methods.online.EachObjective;
import dev.tribunal.methods.reward.RewardChain;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.collection.HeldOutAssessor;
import dev.tribunal.trainer.collection.RemoteSampling;
import dev.tribunal.trainer.collection.RolloutCollector;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.gradient.EntanglementMonitor;
import dev.tribunal.trainer.gradient.GradientAccumulator;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.inputs.PromptSet;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.task.Assessor;
import dev.tribunal.trainer.task.BaselineCompletions;
import dev.tribunal.trainer.task.Critic;
import dev.tribunal.trainer.task.Dataset;
import dev.tribunal.trainer.task.LogProbs;
import dev.tribunal.trainer.task.SampledPrompts;
import dev.tribunal.trainer.task.SampledPrompts.TaskPrompts;
import dev.tribunal.trainer.task.StageReference;
import dev.tribunal.trainer.task.TrainingTask;
import dev.tribunal.trainer.training.EvaluationHistory;
import dev.tribunal.trainer.training.HeldOutEvaluation;
import dev.tribunal.trainer.training.Resumption;
import dev.tribunal.trainer.training.RunProgress;
import dev.tribunal.trainer.training.TrainingLoop;
import dev.tribunal.trainer.vllm.VllmSampler;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One stage of a run: loads its models, makes its tasks, and trains. */
final class StageTraining {

    private final TrainingRun run;
    private final Engine engine;
    private final RunSpec.Policy settings;
    private final int index;
    private final Stage.Train stage;
    private final int before;
    private final Path start;
    private final @Nullable Resumption resumption;
    private final RandomKeys keys;
    private final LogProbs passes;

    /**
     * @param before the steps of earlier stages
     * @param start the weights that it begins with
     * @param resumption where it goes on; absent if it begins
     */
    StageTraining(
            TrainingRun run, int index, Stage.Train stage, int before, Path start, @Nullable Resumption resumption) {
        this.resumption = resumption;
        this.run = run;
        this.engine = run.engine();
        this.settings = run.spec().policy();
        this.index = index;
        this.stage = run.inputs().withRewardModels(stage);
        this.before = before;
        this.start = start;
        this.keys = new RandomKeys(stage.training().seed());
        this.passes = new LogProbs(stage.training().microBatchTokens(), run.journal());
    }

    /** @return what it ends with */
    Checkpoint run() {
        try (LanguageModel policy = policy();
                StageReference reference = reference(policy);
                Critic critic = critic()) {
            RunProgress progress = new RunProgress(
                    run.runId(),
                    stage.name(),
                    before,
                    stage.training(),
                    policy,
                    critic,
                    reference,
                    new CheckpointWriter(engine, run.directory()),
                    run.journal(),
                    resumption,
                    System::nanoTime);
            List<TrainingTask> tasks = IntStream.range(0, stage.tasks().size())
                    .mapToObj(task -> task(task, policy, reference))
                    .toList();
            try (RemoteSampling remote = remote(policy, tasks)) {
                progress.run(loop(policy, reference, critic, tasks, remote, progress)::run);
            }
            return progress.latest();
        }
    }

    private TrainingLoop loop(
            LanguageModel policy,
            StageReference reference,
            @Nullable Critic critic,
            List<TrainingTask> tasks,
            @Nullable RemoteSampling remote,
            RunProgress progress) {
        RolloutCollector rollouts = rollouts(policy, reference, run.samplingOptions(), remote);
        return new TrainingLoop(
                tasks,
                rollouts,
                new EntanglementMonitor(stage.training().entanglement(), before, policy, passes),
                new GradientAccumulator(policy, critic, stage.combiner(), tasks, passes),
                stage.training().updates(),
                critic,
                new HeldOutEvaluation(
                        run.runId(),
                        stage.name(),
                        stage.evaluation(),
                        tasks,
                        policy,
                        stage.evaluation().greedy()
                                ? rollouts(policy, reference, greedy(run.samplingOptions()), remote)
                                : rollouts,
                        passes,
                        heldOutAssessors(),
                        new EvaluationHistory(
                                stage.evaluation(),
                                stage.name(),
                                before,
                                stage.training().steps(),
                                stage.tasks(),
                                run.journal())),
                progress);
    }

    private RolloutCollector rollouts(
            LanguageModel policy, StageReference reference, SamplingOptions options, @Nullable RemoteSampling remote) {
        return new RolloutCollector(policy, reference, options, passes, needsPackedOldLogProbs(), remote);
    }

    /** What samples in place of the policy; absent if it samples itself, or nothing is sampled. */
    private @Nullable RemoteSampling remote(LanguageModel policy, List<TrainingTask> tasks) {
        List<int[]> prompts = tasks.stream()
                .map(TrainingTask::promptIds)
                .filter(ids -> !ids.isEmpty())
                .findFirst()
                .orElse(List.of());
        if (prompts.isEmpty() || !(settings.sampler() instanceof Sampler.Vllm vllm)) {
            return null;
        }
        int staleness = stage.training().staleness();
        VllmSampler servers = new VllmSampler(
                vllm,
                Objects.requireNonNull(run.samplers(), "a run with a sampler has a way to it"),
                policy,
                run.roots().folder(vllm.adapters()),
                run.runId(),
                index,
                staleness,
                prompts,
                run.journal());
        return new RemoteSampling(
                servers,
                vllm.cap(),
                staleness,
                before + stage.training().steps(),
                policy.tokenizer(),
                run.samplingOptions(),
                run.journal());
    }

    private LanguageModel policy() {
        if (resumption == null) {
            return newPolicy();
        }
        LanguageModel policy = settings.lora() == null
                ? engine.load(resumption.directory(), run.engineOptions())
                : engine.loadWithAdapter(start, run.engineOptions(), resumption.file(CheckpointWriter.ADAPTER));
        policy.loadOptimizerState(resumption.file(CheckpointWriter.OPTIMIZER));
        return policy;
    }

    private LanguageModel newPolicy() {
        if (settings.lora() == null) {
            return engine.load(start, run.engineOptions());
        }
        Lora lora = Lora.of(
                settings.lora().rank(), settings.lora().alpha(), settings.lora().targetModules());
        return engine.loadWithNewAdapter(start, run.engineOptions(), lora, keys.adapter(index));
    }

    /** Log-ratios of sampled completions are measured whatever the method. */
    private boolean needsReference() {
        return methods()
                .anyMatch(method -> method.experience() == Experience.ROLLOUTS
                        || method.needs().contains(Need.REFERENCE)
                        || method.needs().contains(Need.TOKEN_KL));
    }

    /**
     * Of several updates the first has to find ratios of 1, which two kernels' rounding would hide; a server's sampler and
     * its passes are further apart.
     */
    private boolean needsPackedOldLogProbs() {
        return settings.engine() != null
                || stage.training().updates().count() > 1
                || methods().anyMatch(method -> method.needs().contains(Need.PACKED_OLD_LOG_PROBS));
    }

    private Stream<Method> methods() {
        return stage.tasks().stream().map(RunSpec.Task::method);
    }

    private StageReference reference(LanguageModel policy) {
        boolean moved = resumption != null
                && StageReference.hasMoved(
                        stage.reference(),
                        Math.min(
                                resumption.state().step() - before,
                                stage.training().steps() - 1));
        return StageReference.of(
                run.inputs(),
                run.spec().policy(),
                run.directory(),
                needsReference() ? stage.reference() : new RunSpec.None(),
                policy,
                start,
                run.engineOptions().frozen(),
                stage.tasks().stream().anyMatch(RunSpec.Task::generatesBaselineCompletions),
                moved && resumption != null ? resumption.file(CheckpointWriter.REFERENCE) : null);
    }

    private @Nullable Critic critic() {
        if (stage.training().critic() == null) {
            return null;
        }
        if (resumption == null) {
            return new Critic(engine.withHead(start, values(), keys.critic(index), run.engineOptions()), passes);
        }
        ScoringModel model = engine.loadScoring(resumption.file(CheckpointWriter.CRITIC), run.engineOptions());
        model.loadOptimizerState(resumption.file(CheckpointWriter.CRITIC_OPTIMIZER));
        return new Critic(model, passes);
    }

    /** The labels of the critic, which tasks share: as many as the one with the most. */
    private List<String> values() {
        int critics = Math.max(
                1, stage.tasks().stream().mapToInt(RunSpec.Task::critics).max().orElse(1));
        return critics == 1
                ? List.of("value")
                : IntStream.rangeClosed(1, critics)
                        .mapToObj(critic -> "value." + critic)
                        .toList();
    }

    private TrainingTask task(int number, LanguageModel policy, StageReference reference) {
        RunSpec.Task task = stage.tasks().get(number);
        Method method = task.method();
        Wanted wanted = Wanted.at(task.samples() ? settings.temperature() : 1);
        if (method.needs().contains(Need.ENTROPY)) {
            wanted = wanted.withEntropy();
        }
        int key = keyOf(number);
        return new TrainingTask(
                task,
                task.combiner() == null ? method.optimizer() : EachObjective.of(method),
                task.samples() ? sampled(key, task, policy, reference) : dataset(key, task, policy, reference),
                wanted,
                reference);
    }

    /** Tasks are numbered through all stages, so that no two of them share a random number. */
    private int keyOf(int task) {
        return task
                + run.spec().allStages().subList(0, index).stream()
                        .mapToInt(earlier -> earlier.tasks().size())
                        .sum();
    }

    private SampledPrompts sampled(int key, RunSpec.Task task, LanguageModel policy, StageReference reference) {
        Map<String, RewardScorer> scorers = new LinkedHashMap<>();
        task.allRewardModels().forEach(model -> scorers.put(model.name(), scorer(model.model())));
        TaskJudges judges = new TaskJudges(run.judges(), task.judges(), task.shortCircuit());
        PromptSet heldOut = heldOut(task, policy, settings.maxNewTokens());
        return new SampledPrompts(
                key,
                task,
                new Assessor(run.runId(), task.name(), scorers, new RewardChain(task.rewards()), judges, run.journal()),
                taskPrompts(key, task, training(task, policy, settings.maxNewTokens()), policy, reference),
                heldOut == null ? null : taskPrompts(key, task, heldOut, policy, reference),
                keys);
    }

    private static SamplingOptions greedy(SamplingOptions options) {
        return new SamplingOptions(options.maxNewTokens(), 0, 0, 1, options.stop());
    }

    /** By task; of tasks that sample and have judges or reward models that do not train them. */
    private Map<String, HeldOutAssessor> heldOutAssessors() {
        Map<String, HeldOutAssessor> assessors = new LinkedHashMap<>();
        for (RunSpec.Task task : stage.tasks()) {
            List<Evaluation.HeldOutRewardModel> models = stage.evaluation().heldOutRewardModels().stream()
                    .filter(model -> model.isOf(task.name()))
                    .toList();
            List<RunSpec.Judge> judges = stage.evaluation().heldOutJudges().stream()
                    .filter(judge -> judge.isOf(task.name()))
                    .map(Evaluation.HeldOutJudge::asJudge)
                    .toList();
            if (task.samples() && task.prompts().heldOut() != null && !(models.isEmpty() && judges.isEmpty())) {
                Map<String, RewardScorer> scorers = new LinkedHashMap<>();
                models.forEach(model -> scorers.put(model.name(), scorer(model.model())));
                assessors.put(
                        task.name(),
                        new HeldOutAssessor(
                                new Assessor(
                                        run.runId(),
                                        task.name(),
                                        scorers,
                                        new RewardChain(List.of()),
                                        new TaskJudges(run.judges(), judges, false),
                                        run.journal()),
                                models));
            }
        }
        return assessors;
    }

    private RewardScorer scorer(String model) {
        return run.rewardService().scorer(VersionedName.parse(model));
    }

    private TaskPrompts taskPrompts(
            int key, RunSpec.Task task, PromptSet set, LanguageModel policy, StageReference reference) {
        RunSpec.BaselineCompletionSource source = task.prompts().baseline();
        return new TaskPrompts(
                set,
                source == null
                        ? null
                        : new BaselineCompletions(set, source, policy, reference, run.samplingOptions(), keys, key));
    }

    private Dataset dataset(int key, RunSpec.Task task, LanguageModel policy, StageReference reference) {
        PromptSet heldOut = heldOut(task, policy, 1);
        return new Dataset(
                task,
                rows(task, training(task, policy, 1), policy),
                heldOut == null ? List.of() : first(rows(task, heldOut, policy)),
                keys.promptOrder(key),
                task.method().needs().contains(Need.REFERENCE) ? reference : null,
                passes);
    }

    private List<Dataset.Row> first(List<Dataset.Row> rows) {
        Integer most = stage.evaluation().prompts();
        return most == null || most >= rows.size() ? rows : rows.subList(0, most);
    }

    private static List<Dataset.Row> rows(RunSpec.Task task, PromptSet set, LanguageModel policy) {
        return Dataset.rows(
                set,
                task.method().experience(),
                policy.tokenizer(),
                policy.configuration().maxPositions());
    }

    /** @param room tokens that a prompt leaves for its completion */
    private PromptSet training(RunSpec.Task task, LanguageModel policy, int room) {
        return PromptSet.read(Split.TRAIN, PinnedFile.source(task), run.inputs(), policy, room);
    }

    private @Nullable PromptSet heldOut(RunSpec.Task task, LanguageModel policy, int room) {
        PinnedFile source = PinnedFile.heldOut(task);
        return source == null ? null : PromptSet.read(Split.HELD_OUT, source, run.inputs(), policy, room);
    }
}
