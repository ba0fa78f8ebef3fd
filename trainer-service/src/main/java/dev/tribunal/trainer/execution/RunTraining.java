package dev.tribunal.trainer.execution;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.trainer.journal.RunJournal;
import java.nio.file.Path;

/** Trains one run to its end. */
@FunctionalInterface
interface RunTraining {

    /**
     * @param spec resolved
     * @param directory the run's own
     * @throws RunJournal.RunCancelledException if a person cancelled it
     * @throws RunJournal.RunLostException if its lease is lost
     * @throws RuntimeException if it cannot go on; the message tells a person why
     */
    void train(String runId, RunSpec spec, Path directory, RunJournal journal);
}
