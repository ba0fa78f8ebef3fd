package dev.tribunal.trainer.training;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.contracts.runs.v1.VersionedName;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Checkpoints;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.EngineSpeed;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.LoraTarget;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.SamplingOptions;
import dev.tribunal.languagemodel.StopRule;
import dev.tribunal.languagemodel.TokenSequence;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.trainer.checkpoint.CheckpointSpace;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.judgement.TaskJudges;
import dev.tribunal.trainer.reward.Outage;
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.RewardUnavailableException;
import dev.tribunal.trainer.training.TrainingTask.TaskPrompts;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run, from its resolved spec to its end.
 *
 * @param spec every default filled in, every version pinned
 * @param directory the run's own; checkpoints go to {@code checkpoints/step-000120} in it
 */
public record TrainingRun(
        String runId,
        RunSpec spec,
        Path directory,
        FileRoots roots,
        JudgementApi judges,
        RewardApi rewards,
        RunJournal journal) {

    private static final String REWARD_SERVICE = "the reward service";

    /**
     * Trains to the last step, from the beginning or from the run's last checkpoint, and returns once the last checkpoint is written and the policy is evaluated.
     *
     * @throws TrainingFailedException if the run cannot go on
     * @throws RunJournal.RunCancelledException if a person cancelled it
     * @throws RunJournal.RunLostException if another trainer holds its lease
     * @throws RunJournal.TrainerLeavesException if this trainer is shutting down
     */
    public void run() {
        journal.phase("loading");
        PinnedFile.requireUnchanged(spec, roots);
        journal.beforeResuming(() -> PinnedFile.requireUnchanged(spec, roots));
        try {
            Path start = checkpoint();
            Resumption resumption = Resumption.of(journal);
            if (resumption == null) {
                requireRoom(start);
            }
            try (LanguageModel policy = policy(start, resumption)) {
                switch (spec.method()) {
                    case CGPO -> cgpo(policy, start, progress(policy, resumption));
                    case SFT -> sft(policy, progress(policy, resumption));
                }
            }
        } catch (CheckpointException | InvalidLinesException | RewardUnavailableException | UncheckedIOException e) {
            throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private Path checkpoint() {
        Path checkpoint = roots.checkpoint(spec.policy().model());
        String pinned = spec.policy().digest();
        if (pinned != null && !pinned.equals(Checkpoints.inspect(checkpoint).digest())) {
            throw new TrainingFailedException(
                    spec.policy().model() + " has changed since the run was created; create a new run");
        }
        return checkpoint;
    }

    /** Hours of training are not to end at a full disk. */
    private void requireRoom(Path start) {
        String lack = CheckpointSpace.lack(spec, start, directory);
        if (lack != null) {
            throw new TrainingFailedException(lack);
        }
    }

    private LanguageModel policy(Path start, @Nullable Resumption resumption) {
        if (resumption == null) {
            return newPolicy(start);
        }
        LanguageModel policy = spec.policy().lora() == null
                ? Checkpoints.load(resumption.directory(), engineOptions())
                : Checkpoints.loadWithAdapter(start, engineOptions(), resumption.adapter());
        policy.loadOptimizerState(resumption.optimizer());
        return policy;
    }

    private LanguageModel newPolicy(Path start) {
        RunSpec.Lora lora = spec.policy().lora();
        return lora == null
                ? Checkpoints.load(start, engineOptions())
                : Checkpoints.loadWithNewAdapter(
                        start,
                        engineOptions(),
                        adapter(lora),
                        new RandomKeys(spec.training().seed()).adapter());
    }

    /** Under an adapter it is the policy's own weights with the adapter off; closing that does nothing. */
    private LanguageModel reference(LanguageModel policy, Path start) {
        return policy.hasAdapter()
                ? policy.withoutAdapter()
                : Checkpoints.load(start, engineOptions().frozen());
    }

    private EngineOptions engineOptions() {
        Precision precision = switch (spec.policy().precision()) {
            case FP32 -> Precision.FP32;
            case BF16 -> Precision.BF16;
        };
        if (!EngineSpeed.isWorthwhile(precision)) { // it had been on the machine that checked the spec
            throw new TrainingFailedException("policy.precision is bf16, for which the processor of this trainer has no"
                    + " instructions: it would be slower than fp32, several times, and fp32 would give other numbers"
                    + " than the run promises. Train it on a machine with bf16 instructions, or create a new run with"
                    + " fp32");
        }
        return new EngineOptions(precision, spec.policy().activationCheckpointing(), true);
    }

    private static Lora adapter(RunSpec.Lora lora) {
        return new Lora(
                lora.rank(),
                lora.alpha(),
                lora.targetModules().stream()
                        .map(module -> LoraTarget.of(module).orElseThrow())
                        .collect(Collectors.toSet()));
    }

    private void cgpo(LanguageModel policy, Path start, RunProgress progress) {
        SamplingOptions options = samplingOptions(spec.policy());
        int microBatchTokens = spec.training().microBatchTokens();
        try (LanguageModel reference = reference(policy, start)) {
            List<TrainingTask> tasks = IntStream.range(0, spec.tasks().size())
                    .mapToObj(index -> task(index, policy, reference, options))
                    .toList();
            RolloutCollector rollouts = new RolloutCollector(policy, reference, options, microBatchTokens, journal);
            TrainingLoop loop = new TrainingLoop(
                    tasks,
                    rollouts,
                    new GradientAccumulator(policy, microBatchTokens, journal),
                    new Evaluation(
                            runId, tasks, rollouts, journal, spec.evaluation().samples()),
                    progress);
            progress.run(loop::run);
        }
    }

    private static SamplingOptions samplingOptions(RunSpec.Policy policy) {
        return new SamplingOptions(
                policy.maxNewTokens(), policy.temperature(), policy.topK(), policy.topP(), StopRule.at(policy.stop()));
    }

    private TrainingTask task(int index, LanguageModel policy, LanguageModel reference, SamplingOptions options) {
        RunSpec.Task task = spec.tasks().get(index);
        RandomKeys keys = new RandomKeys(spec.training().seed());
        RewardScorer scorer =
                new RewardScorer(rewards, VersionedName.parse(Objects.requireNonNull(task.rewardModel())), outage());
        RunSpec.Baseline baseline = Objects.requireNonNull(task.prompts().baseline());
        PromptSet training = prompts(Split.TRAIN, PinnedFile.source(task), policy);
        PromptSet heldOut = heldOut(task, policy);
        return new TrainingTask(
                index,
                task,
                Objects.requireNonNull(task.optimizer()),
                new Assessor(runId, task.name(), scorer, new TaskJudges(judges, task.judges(), task.shortCircuit())),
                new TaskPrompts(training, new Baselines(training, baseline, reference, options, keys, index)),
                heldOut == null
                        ? null
                        : new TaskPrompts(heldOut, new Baselines(heldOut, baseline, reference, options, keys, index)),
                keys);
    }

    private void sft(LanguageModel policy, RunProgress progress) {
        RandomKeys keys = new RandomKeys(spec.training().seed());
        List<SupervisedTask> tasks = IntStream.range(0, spec.tasks().size())
                .mapToObj(index -> {
                    RunSpec.Task task = spec.tasks().get(index);
                    PromptSet heldOut = heldOut(task, policy);
                    return new SupervisedTask(
                            task,
                            demonstrations(prompts(Split.TRAIN, PinnedFile.source(task), policy), policy),
                            heldOut == null ? List.of() : demonstrations(heldOut, policy),
                            keys.promptOrder(index));
                })
                .toList();
        int microBatchTokens = spec.training().microBatchTokens();
        GradientAccumulator gradient = new GradientAccumulator(policy, microBatchTokens, journal);
        progress.run(new SupervisedLoop(policy, tasks, gradient, microBatchTokens, progress)::run);
    }

    private static List<TokenSequence> demonstrations(PromptSet set, LanguageModel policy) {
        return SupervisedTask.demonstrations(
                set, policy.tokenizer(), policy.configuration().maxPositions());
    }

    private @Nullable PromptSet heldOut(RunSpec.Task task, LanguageModel policy) {
        PinnedFile source = PinnedFile.heldOut(task);
        return source == null ? null : prompts(Split.HELD_OUT, source, policy);
    }

    private PromptSet prompts(Split split, PinnedFile source, LanguageModel policy) {
        int room = switch (spec.method()) {
            case CGPO -> spec.policy().maxNewTokens();
            case SFT -> 1;
        };
        return PromptSet.read(split, source, roots, policy, room);
    }

    private RunProgress progress(LanguageModel policy, @Nullable Resumption resumption) {
        return new RunProgress(
                runId,
                spec.training(),
                policy,
                new CheckpointWriter(directory),
                journal,
                resumption == null ? null : resumption.state(),
                System::nanoTime);
    }

    /** What becomes of a run whose reward service does not answer: it waits, and says so. */
    private Outage outage() {
        return new Outage() {
            @Override
            public void waits(String why) {
                journal.waitsFor(REWARD_SERVICE, why);
            }

            @Override
            public void over() {
                journal.answered(REWARD_SERVICE);
            }

            @Override
            public void stopIfPointless() {
                journal.stopIfCancelled();
            }
        };
    }
}
