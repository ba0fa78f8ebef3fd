package dev.tribunal.trainer.training;

import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.contracts.runs.v1.RunSpec.Stage;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import dev.tribunal.trainer.checkpoint.CheckpointSpace;
import dev.tribunal.trainer.reward.RewardUnavailableException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One run, from its resolved spec to its end.
 *
 * @param engine where the policy is
 * @param spec every default filled in, every version pinned
 * @param directory the run's own; checkpoints go to {@code checkpoints/step-000120} in it
 */
public record TrainingRun(
        Engine engine,
        String runId,
        RunSpec spec,
        Path directory,
        FileRoots roots,
        JudgementApi judges,
        RewardApi rewards,
        RunJournal journal) {

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
            Path start = startOfRun();
            Resumption resumption = Resumption.of(journal);
            if (resumption == null) {
                requireRoom(start);
            }
            int before = 0;
            for (int i = 0; i < spec.allStages().size(); i++) {
                Stage stage = spec.allStages().get(i);
                int last = before + stage.training().steps();
                start = resumption != null && resumption.isAfter(last)
                        ? resumption.checkpointOf(last)
                        : new StageTraining(this, i, stage, before, start, resumption).run();
                if (resumption != null && !resumption.isAfter(last)) {
                    resumption = null; // the stages after it begin
                }
                before = last;
            }
        } catch (CheckpointException | InvalidLinesException | RewardUnavailableException | UncheckedIOException e) {
            throw new TrainingFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    /** What the run's policy starts from. */
    Path startOfRun() {
        return checkpoint(spec.policy().model(), spec.policy().digest());
    }

    /** @throws TrainingFailedException if it is not what the run was created with */
    Path checkpoint(String model, @Nullable String pinned) {
        Path checkpoint = roots.checkpoint(model);
        if (pinned != null && !pinned.equals(engine.inspect(checkpoint).digest())) {
            throw new TrainingFailedException(model + " has changed since the run was created; create a new run");
        }
        return checkpoint;
    }

    /** Hours of training are not to end at a full disk. */
    private void requireRoom(Path start) {
        String lack = CheckpointSpace.lack(spec, engine.inspect(start), directory);
        if (lack != null) {
            throw new TrainingFailedException(lack);
        }
    }
}
