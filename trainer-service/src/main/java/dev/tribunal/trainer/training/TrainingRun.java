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
import dev.tribunal.trainer.reward.RewardScorer;
import dev.tribunal.trainer.reward.RewardUnavailableException;
import dev.tribunal.trainer.training.TrainingTask.TaskPrompts;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
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

    /** How long a reward service that does not answer is asked again, before the run fails. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Trains to the last step, and returns once the last checkpoint is written and the policy is evaluated.
     *
     * @throws TrainingFailedException if the run cannot go on
     * @throws RunJournal.RunCancelledException if a person cancelled it
     * @throws RunJournal.RunLostException if another trainer holds its lease
     */
    public void run() {
        journal.phase("loading");
        PinnedFile.requireUnchanged(spec, roots);
        journal.beforeResuming(() -> PinnedFile.requireUnchanged(spec, roots));
        try {
            Path start = checkpoint();
            requireRoom(start);
            try (LanguageModel policy = policy(start)) {
                switch (spec.method()) {
                    case CGPO -> cgpo(policy, start);
                    case SFT -> sft(policy);
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

    private LanguageModel policy(Path start) {
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

    private void cgpo(LanguageModel policy, Path start) {
        SamplingOptions options = samplingOptions(spec.policy());
        int microBatchTokens = spec.training().microBatchTokens();
        try (LanguageModel reference = reference(policy, start)) {
            List<TrainingTask> tasks = IntStream.range(0, spec.tasks().size())
                    .mapToObj(index -> task(index, policy, reference, options))
                    .toList();
            RolloutCollector rollouts = new RolloutCollector(policy, reference, options, microBatchTokens, journal);
            new TrainingLoop(
                            tasks,
                            rollouts,
                            new GradientAccumulator(policy, microBatchTokens, journal),
                            new Evaluation(
                                    runId,
                                    tasks,
                                    rollouts,
                                    journal,
                                    spec.evaluation().samples()),
                            progress(policy))
                    .run();
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
                new RewardScorer(rewards, VersionedName.parse(Objects.requireNonNull(task.rewardModel())), PATIENCE);
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

    private void sft(LanguageModel policy) {
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
        new SupervisedLoop(policy, tasks, gradient, microBatchTokens, progress(policy)).run();
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

    private RunProgress progress(LanguageModel policy) {
        CheckpointWriter checkpoints = new CheckpointWriter(directory.resolve(CheckpointWriter.CHECKPOINTS));
        return new RunProgress(runId, spec.training(), policy, checkpoints, journal);
    }
}
