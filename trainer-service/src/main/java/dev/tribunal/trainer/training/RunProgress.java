package dev.tribunal.trainer.training;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.checkpoint.TrainingState;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.training.RunJournal.Kind;
import dev.tribunal.trainer.training.RunJournal.Metric;
import dev.tribunal.trainer.training.RunJournal.StepRecord;
import dev.tribunal.trainer.training.RunJournal.TrainerLeavesException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every method does around a step: ask leave, name it, write it down, keep a checkpoint now and then. */
final class RunProgress {

    private static final Logger LOG = LoggerFactory.getLogger(RunProgress.class);
    private static final Set<String> LOGGED = Set.of(
            MetricNames.CALIBRATED_REWARD,
            MetricNames.FEASIBLE_RATE,
            MetricNames.KL,
            MetricNames.LOSS,
            MetricNames.GRADIENT_NORM,
            MetricNames.STEP_SECONDS);

    private final String runId;
    private final RunSpec.Training training;
    private final LearningRate learningRate;
    private final LanguageModel policy;
    private final CheckpointWriter checkpoints;
    private final RunJournal journal;
    private final LongSupplier nanoTime;
    private final @Nullable TrainingState start;
    private long begun;

    /** After the last committed step; absent before the first. */
    private @Nullable TrainingState last;

    /** The step that has the latest checkpoint; 0 for none. */
    private int saved;

    private long savedAt;

    /** Whether the weights have changed since the last committed step. */
    private boolean updating;

    /**
     * @param start what the run goes on from; absent if it begins
     * @param nanoTime as {@link System#nanoTime}
     */
    RunProgress(
            String runId,
            RunSpec.Training training,
            LanguageModel policy,
            CheckpointWriter checkpoints,
            RunJournal journal,
            @Nullable TrainingState start,
            LongSupplier nanoTime) {
        this.runId = runId;
        this.training = training;
        this.learningRate = new LearningRate(training);
        this.policy = policy;
        this.checkpoints = checkpoints;
        this.journal = journal;
        this.nanoTime = nanoTime;
        this.start = start;
        this.last = start;
        this.saved = committed();
        this.savedAt = nanoTime.getAsLong();
    }

    /** The steps that are committed when the loop begins: 0, or those of the checkpoint that it goes on from. */
    int committed() {
        return start == null ? 0 : start.step();
    }

    /** Where the tasks stand when the loop begins, by name; none if the run begins. */
    Map<String, TaskState> tasks() {
        return start == null ? Map.of() : start.tasks();
    }

    /**
     * Runs the loop. If the trainer is shut down meanwhile, the last committed step gets a checkpoint, so that nothing of
     * it is done twice.
     */
    void run(Runnable loop) {
        try {
            loop.run();
        } catch (TrainerLeavesException leaving) {
            TrainingState state = last;
            if (state != null && state.step() > saved && !updating) {
                try {
                    save(state, false);
                } catch (UncheckedIOException unwritable) {
                    LOG.warn("run {} is left without a checkpoint of step {}", runId, state.step(), unwritable);
                }
            }
            throw leaving;
        }
    }

    String runId() {
        return runId;
    }

    int steps() {
        return training.steps();
    }

    RunJournal journal() {
        return journal;
    }

    /** Blocks while the run is paused. */
    void begin(int step) {
        journal.awaitPermission();
        journal.phase("step " + step + " of " + training.steps());
        begun = System.nanoTime();
    }

    void pause(String reason) {
        LOG.warn("run {} pauses: {}", runId, reason);
        journal.pause(reason);
    }

    void warnOfNoUpdate(int step) {
        journal.warn(
                "no_update",
                "step " + step + ": no rollout has a weight, since all rewards are the same or none is in the batch;"
                        + " the policy stays as it is");
    }

    AdamW adamW(int step) {
        updating = true;
        return AdamW.of(learningRate.at(step), training.gradientClip());
    }

    void commit(int step, List<EpisodeResource> episodes, List<Metric> metrics) {
        List<Metric> all = new ArrayList<>(metrics);
        all.add(new Metric(MetricNames.LEARNING_RATE, null, learningRate.at(step)));
        all.add(new Metric(MetricNames.STEP_SECONDS, null, (System.nanoTime() - begun) / 1e9));
        journal.commit(new StepRecord(step, Kind.TRAINING, episodes, all));
        updating = false;
        LOG.info("run {} step {}/{}: {}", runId, step, training.steps(), line(all));
    }

    private static String line(List<Metric> metrics) {
        return metrics.stream()
                .filter(metric -> LOGGED.contains(metric.name()))
                .map(metric -> (metric.task() == null ? "" : metric.task() + " ") + metric.name() + " "
                        + String.format(Locale.ROOT, "%.4g", metric.value()))
                .collect(Collectors.joining(", "));
    }

    /**
     * A checkpoint if it is time for one; always after the last step.
     *
     * @param tasks where each stands after the step, by name
     */
    void checkpoint(int step, Map<String, TaskState> tasks) {
        TrainingState state = new TrainingState(runId, step, tasks);
        last = state;
        boolean milestone = step % training.checkpointEvery() == 0 || step == training.steps();
        if (milestone
                || nanoTime.getAsLong() - savedAt
                        >= MINUTES.toNanos(training.checkpoints().everyMinutes())) {
            save(state, milestone);
        }
    }

    private void save(TrainingState state, boolean milestone) {
        journal.phase("writing the checkpoint of step " + state.step());
        Checkpoint checkpoint = checkpoints.write(policy, state, milestone, journal.attempt(), journal::requireHeld);
        journal.checkpoint(checkpoint, training.checkpoints().keep());
        saved = state.step();
        savedAt = nanoTime.getAsLong();
    }
}
