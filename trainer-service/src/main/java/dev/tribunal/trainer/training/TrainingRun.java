package dev.tribunal.trainer.training;

import dev.tribunal.contracts.files.FileRoots;
import dev.tribunal.contracts.judge.v1.JudgementApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.RunSpec;
import java.nio.file.Path;

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

    /**
     * Trains to the last step, and returns once the last checkpoint is written.
     *
     * @throws TrainingFailedException if the run cannot go on
     * @throws RunJournal.RunCancelledException if a person cancelled it
     * @throws RunJournal.RunLostException if another trainer holds its lease
     */
    public void run() {
        throw new TrainingFailedException("not yet: " + spec.method());
    }
}
