package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a training loop writes down, and the orders it reads, between its steps. Every write is one transaction, and
 * fails with {@link RunLostException} once another trainer has taken the run over.
 */
public interface RunJournal {

    /** What a person who watches should see the run doing now; not kept. */
    void phase(String phase);

    /** The step's row, its episodes with their verdicts, and its metrics: all of it, or nothing. */
    void commit(StepRecord step);

    /** The checkpoint's directory is complete on disk. */
    void checkpoint(Checkpoint checkpoint);

    /** Something that a person should know and that does not end the run; the same type again replaces it. */
    void warn(String type, String message);

    /**
     * Asked between steps. Blocks while the run is paused.
     *
     * @throws RunCancelledException if the run is to end now
     */
    void awaitPermission();

    /** What is to hold before a paused run goes on; {@link #awaitPermission} throws what it throws. */
    void beforeResuming(Runnable check);

    /**
     * Asked within a step or an evaluation, as often as one likes. An order to pause waits for the step's end.
     *
     * @throws RunCancelledException if the run is to end now; nothing of what is at hand is committed
     */
    void stopIfCancelled();

    /** Pauses the run from inside, and tells why: {@link #awaitPermission} then blocks until a person resumes it. */
    void pause(String reason);

    /**
     * One step, or one evaluation on held-out prompts.
     *
     * @param step from 1; for an evaluation the number of committed steps of the policy that was evaluated
     */
    record StepRecord(int step, Kind kind, List<EpisodeResource> episodes, List<Metric> metrics) {}

    enum Kind {
        TRAINING,
        EVALUATION
    }

    /** @param task absent for a metric of the whole run; {@code name} as in {@code MetricNames} */
    record Metric(String name, @Nullable String task, double value) {}

    /** Another trainer holds the run's lease: stop without another write. */
    final class RunLostException extends RuntimeException {
        public RunLostException(String message) {
            super(message);
        }
    }

    /** A person cancelled the run. */
    final class RunCancelledException extends RuntimeException {
        public RunCancelledException() {
            super("the run was cancelled");
        }
    }
}
