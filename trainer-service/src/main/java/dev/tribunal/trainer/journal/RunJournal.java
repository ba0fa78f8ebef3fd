package dev.tribunal.trainer.journal;

import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
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

    /**
     * The step's row, its episodes with their verdicts, its metrics and the alarms that they raise: all of it, or nothing.
     *
     * @throws TrainingFailedException if an alarm is raised that the run is to fail on
     */
    void commit(StepRecord step);

    /** The checkpoints that the run may go on from, latest first; none if it begins. */
    List<Checkpoint> checkpoints();

    /**
     * The run goes on from an earlier checkpoint than the latest: steps and checkpoints after it are taken back.
     *
     * @param why the later ones are of no use
     */
    void goBackTo(Checkpoint checkpoint, String why);

    /** How often the run has been taken up, from 1: whatever is written outside the journal has this in its name. */
    int attempt();

    /** @throws RunLostException if another trainer has taken the run over */
    void requireHeld();

    /**
     * The checkpoint's directory is complete on disk. Those that are not to be kept are deleted once this one is known.
     *
     * @param keep the milestones that are kept; absent for all
     */
    void checkpoint(Checkpoint checkpoint, @Nullable Integer keep);

    /**
     * The evaluations of a stage, in their order.
     *
     * @param metric whose value is wanted of each
     */
    List<Evaluated> evaluations(String stage, String metric, String task);

    /** A stage's best checkpoint so far: it is kept until another one is better. */
    void best(String stage, BestCheckpoint best);

    /** What finished stages left, in their order. */
    List<Artifact> artifacts();

    /** A stage is finished, and what it left is complete on disk. */
    void artifact(Artifact artifact);

    /** Something that a person should know and that does not end the run; the same type again replaces it. */
    void warn(String type, String message);

    /**
     * A service that the run cannot go on without does not answer, and is asked again until it does. May be told by any
     * thread, as often as one likes.
     *
     * @param service for people, and the same each time: {@code the reward service}
     * @param why the last answer or its lack
     */
    void waitsFor(String service, String why);

    /** The service answers again, or has never been away. */
    void answered(String service);

    /**
     * Asked between steps. Blocks while the run is paused.
     *
     * @throws RunCancelledException if the run is to end now
     * @throws TrainerLeavesException if the trainer is shutting down
     */
    void awaitPermission();

    /** What is to hold before a paused run goes on; {@link #awaitPermission} throws what it throws. */
    void beforeResuming(Runnable check);

    /**
     * Asked within a step or an evaluation, as often as one likes, by any thread, and as long as it can be begun anew.
     *
     * @throws RunCancelledException if the run is to end now; nothing of what is at hand is committed
     * @throws TrainerLeavesException likewise, if the trainer is shutting down
     * @throws StepAbandonedException if the run is to be paused now, and the step begun anew afterwards
     */
    void stopIfAsked();

    /**
     * Asked while a step changes the weights: an order to pause waits for the step's end.
     *
     * @throws RunCancelledException as {@link #stopIfAsked}
     * @throws TrainerLeavesException likewise
     */
    void stopIfCancelled();

    /**
     * What the run waits for from now on, which people see if it takes long. Told by any thread.
     *
     * @param kind as in {@code RunResource.Wait}
     * @param name who is waited for
     * @param message for people
     * @return to be closed when the wait is over
     */
    Waiting waiting(String kind, String name, String message);

    /** Whether an alarm that the latest commit raised has ordered a pause. */
    boolean isPausedByAlarm();

    /** Pauses the run from inside, and tells why: {@link #awaitPermission} then blocks until a person resumes it. */
    void pause(String reason);

    /**
     * One step, or one evaluation on held-out prompts.
     *
     * @param stage the name of the run's stage
     * @param step from 1, through all stages; for an evaluation the number of committed steps of the policy that was evaluated
     */
    record StepRecord(String stage, int step, Kind kind, List<EpisodeResource> episodes, List<Metric> metrics) {}

    /** A wait that lasts. */
    interface Waiting extends AutoCloseable {

        /** It lasts for another reason from now on, which people are told where they are told of it at all. */
        default void says(String message) {}

        @Override
        void close();
    }

    /**
     * @param step committed steps of the policy that was evaluated
     * @param value absent if it was not measured
     */
    record Evaluated(int step, @Nullable Double value) {}

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

    /** The trainer is shutting down: another one, or its next start, goes on from the run's last checkpoint. */
    final class TrainerLeavesException extends RuntimeException {
        public TrainerLeavesException() {
            super("the trainer is shutting down");
        }
    }

    /** A server has lost the model that it trains: the run is taken up again and goes on from its last checkpoint. */
    final class EngineLostException extends RuntimeException {
        public EngineLostException(String message) {
            super(message);
        }
    }

    /** The run is to be paused within a step: what is at hand is dropped. */
    final class StepAbandonedException extends RuntimeException {
        public StepAbandonedException() {
            super("the run is to be paused within a step");
        }
    }

    /** A person cancelled the run. */
    final class RunCancelledException extends RuntimeException {
        public RunCancelledException() {
            super("the run was cancelled");
        }
    }
}
