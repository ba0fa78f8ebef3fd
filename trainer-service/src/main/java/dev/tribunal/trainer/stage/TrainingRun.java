package dev.tribunal.trainer.stage;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.languagemodel.sampling.SamplingOptions;
import dev.tribunal.languagemodel.sampling.StopRule;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.trainer.checkpoint.ArtifactFiles;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.CheckpointSpace;
import dev.tribunal.trainer.inputs.Inputs;
import dev.tribunal.trainer.inputs.PinnedFile;
import dev.tribunal.trainer.inputs.RewardService;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.reward.RewardUnavailableException;
import dev.tribunal.trainer.training.Resumption;
import dev.tribunal.trainer.vllm.SamplerServers;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One run, from its resolved spec to its end: its stages, one after the other.
 *
 * @param engine where the policy is
 * @param spec every default filled in, every version pinned
 * @param directory the run's own; checkpoints go to {@code checkpoints/step-000120} in it, what other stages leave to
 *     {@code artifacts}
 * @param samplers the way to servers that sample; absent where no spec has one
 */
public record TrainingRun(
        Engine engine,
        String runId,
        RunSpec spec,
        Path directory,
        FileRoots roots,
        JudgementApi judges,
        RewardApi rewards,
        RunJournal journal,
        @Nullable SamplerServers samplers) {

    public TrainingRun {
        engine = new WatchfulEngine(engine, journal);
    }

    /**
     * Goes through all stages that are not finished, and returns once the last one is. A stage of training goes on from
     * its last checkpoint; any other begins again.
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
            Path base = startOfRun();
            Resumption resumption = Resumption.of(journal);
            if (resumption == null && journal.artifacts().isEmpty()) {
                requireRoom(base);
            }
            int before = 0;
            String policy = Stage.BASE;
            List<Stage> stages = spec.allStages();
            for (int i = 0; i < stages.size(); i++) {
                Stage stage = stages.get(i);
                if (!inputs().isThere(stage)) {
                    journal.artifact(work(i, stage, before, base, policy, resumption));
                }
                before += stage.steps();
                policy = stage.leaves() == Artifact.Kind.POLICY ? Stage.PREFIX + stage.name() : policy;
            }
        } catch (CheckpointException | InvalidLinesException | RewardUnavailableException | UncheckedIOException e) {
            throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The engine for what is ended whatever the run is asked meanwhile: a checkpoint or a soup that is written. */
    Engine undisturbed() {
        return engine instanceof WatchfulEngine watchful ? watchful.engine() : engine;
    }

    /** What the run's policy starts from. */
    Path startOfRun() {
        return inputs().checkpoint(spec.policy().model(), spec.policy().digest());
    }

    /**
     * @param before the steps of earlier stages
     * @param base what the run's policy starts from
     * @param policy what the stage begins with if it does not say
     */
    private Artifact work(
            int index, Stage stage, int before, Path base, String policy, @Nullable Resumption resumption) {
        return switch (stage) {
            case Stage.Train train -> {
                int last = before + train.steps();
                Checkpoint end = resumption != null && resumption.isAfter(last)
                        ? resumption.checkpointOf(last)
                        : new StageTraining(
                                        this,
                                        index,
                                        train,
                                        before,
                                        start(train.start(), policy, base),
                                        resumption != null && resumption.isAfter(before) ? resumption : null)
                                .run();
                yield left(stage, "hf:" + end.directory(), end.digest());
            }
            case Stage.Soup soup -> new SoupStage(this, soup).leave();
            case Stage.SoupSweep sweep -> new SoupSweepStage(this, index, sweep, before).leave();
            case Stage.Generate generate ->
                new GenerateStage(this, index, generate, start(generate.start(), policy, base)).leave();
            case Stage.Label label -> new LabelStage(this, label, before).leave();
            case Stage.RewardModel model -> new RewardModelStage(this, model).leave();
            case Stage.Repeat repeat -> throw new IllegalStateException("a resolved spec has no repeat");
        };
    }

    /** The weights that a stage begins with. */
    private Path start(@Nullable String written, String policy, Path base) {
        String start = Objects.requireNonNullElse(written, policy);
        return start.equals(Stage.BASE) ? base : inputs().checkpoint(start, null);
    }

    static Artifact left(Stage stage, String reference, String digest) {
        return left(stage, reference, digest, Map.of());
    }

    static Artifact left(Stage stage, String reference, String digest, Map<String, Double> metrics) {
        return new Artifact(
                stage.name(),
                stage.leaves(),
                reference,
                digest,
                metrics,
                Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    /** Where a stage finds what its spec names. */
    public Inputs inputs() {
        return new Inputs(engine, roots, rewardService(), journal);
    }

    /** Writes what a stage leaves. */
    Path write(Stage stage, String extension, ArtifactFiles.Content content) {
        return new ArtifactFiles(directory)
                .write(stage.name(), extension, journal.attempt(), journal::requireHeld, content);
    }

    EngineOptions engineOptions() {
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

    SamplingOptions samplingOptions() {
        return new SamplingOptions(
                spec.policy().maxNewTokens(),
                spec.policy().temperature(),
                spec.policy().topK(),
                spec.policy().topP(),
                StopRule.at(spec.policy().stop()));
    }

    RewardService rewardService() {
        return new RewardService(rewards, journal);
    }

    /** Hours of training are not to end at a full disk. */
    private void requireRoom(Path start) {
        String lack = CheckpointSpace.lack(spec, engine.inspect(start), directory);
        if (lack != null) {
            throw new TrainingFailedException(lack);
        }
    }
}
