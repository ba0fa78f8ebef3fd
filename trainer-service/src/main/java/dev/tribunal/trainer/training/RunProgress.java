package dev.tribunal.trainer.training;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.trainer.checkpoint.Checkpoint.Purpose;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.checkpoint.TrainingState;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.journal.RunJournal.TrainerLeavesException;
import dev.tribunal.trainer.task.Critic;
import dev.tribunal.trainer.task.StageReference;
import dev.tribunal.trainer.task.TrainingTask;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every method does around a step: ask leave, name it, write it down, keep a checkpoint now and then. */
public final class RunProgress {

    private static final Logger LOG = LoggerFactory.getLogger(RunProgress.class);
    private static final Set<String> LOGGED = Set.of(
            MetricNames.CALIBRATED_REWARD,
            MetricNames.FEASIBLE_RATE,
            MetricNames.KL,
            MetricNames.LOSS,
            MetricNames.GRADIENT_NORM,
            MetricNames.STEP_SECONDS);

    private final String runId;
    private final String stage;
    private final int before;
    private final RunSpec.Training training;
    private final LearningRate learningRate;
    private final LanguageModel policy;
    private final @Nullable Critic critic;
    private final StageReference reference;
    private final CheckpointWriter checkpoints;
    private final RunJournal journal;
    private final LongSupplier nanoTime;
    private final int committed;
    private long begun;

    /** Of the step that is under way; of no more than its thread, and none before the first. */
    private @Nullable Span trace;

    /** After the last committed step; absent before the stage's first. */
    private @Nullable TrainingState last;

    /** Where the tasks stand between steps, by name; none before the first, unless the stage goes on. */
    private Map<String, TaskState> kept;

    private @Nullable Checkpoint latest;
    private long latestAt;

    /** Nanoseconds that storing the last committed step took; 0 before the first. */
    private long storing;

    /** Whether the weights have changed since the last committed step. */
    private boolean updating;

    /**
     * @param before the steps of earlier stages: the run's steps are numbered through
     * @param resumption where the stage goes on; absent if it begins
     * @param nanoTime as {@link System#nanoTime}
     */
    public RunProgress(
            String runId,
            String stage,
            int before,
            RunSpec.Training training,
            LanguageModel policy,
            @Nullable Critic critic,
            StageReference reference,
            CheckpointWriter checkpoints,
            RunJournal journal,
            @Nullable Resumption resumption,
            LongSupplier nanoTime) {
        this.runId = runId;
        this.stage = stage;
        this.before = before;
        this.training = training;
        this.learningRate = new LearningRate(training);
        this.policy = policy;
        this.critic = critic;
        this.reference = reference;
        this.checkpoints = checkpoints;
        this.journal = journal;
        this.nanoTime = nanoTime;
        this.committed = resumption == null ? before : resumption.state().step();
        this.last = resumption == null ? null : resumption.state();
        this.kept = resumption == null ? Map.of() : resumption.state().tasks();
        this.latest = resumption == null ? null : resumption.checkpoint();
        this.latestAt = nanoTime.getAsLong();
    }

    /**
     * Runs the loop. If the trainer is shut down meanwhile, the last committed step gets a checkpoint, so that nothing of
     * it is done twice.
     */
    public void run(Runnable loop) {
        try {
            loop.run();
        } catch (TrainerLeavesException leaving) {
            TrainingState state = last;
            if (state != null && !updating && (latest == null || state.step() > latest.step())) {
                try {
                    save(state, Purpose.RESUMING);
                } catch (UncheckedIOException unwritable) {
                    LOG.warn("run {} is left without a checkpoint of step {}", runId, state.step(), unwritable);
                }
            }
            throw leaving;
        } catch (RuntimeException | Error e) {
            if (trace != null) {
                trace.failed(e.getClass().getSimpleName());
            }
            throw e;
        } finally {
            endTrace();
        }
    }

    /** Puts the tasks where they stand between steps: where a checkpoint was, or before an attempt that is given up. */
    void restore(List<TrainingTask> tasks) {
        endTrace();
        tasks.forEach(task -> Optional.ofNullable(kept.get(task.name())).ifPresent(task::restore));
    }

    /** They stand between steps now. */
    Map<String, TaskState> keep(List<TrainingTask> tasks) {
        kept = tasks.stream().collect(Collectors.toMap(TrainingTask::name, TrainingTask::state));
        TrainingState state = last;
        last = state == null ? null : new TrainingState(runId, state.step(), kept); // an evaluation may have changed it
        return kept;
    }

    /** The step to take next, when the loop begins. */
    int next() {
        return committed + 1;
    }

    String stage() {
        return stage;
    }

    String runId() {
        return runId;
    }

    /** For a person who watches. */
    String nameOfEvaluation(int step) {
        return step == before
                ? "evaluating before training"
                : step == last() ? "evaluating after training" : "evaluating after step " + step;
    }

    /** The stage's last step. */
    int last() {
        return before + training.steps();
    }

    /** The latest checkpoint. */
    public Checkpoint latest() {
        return Objects.requireNonNull(latest, "the last step has one");
    }

    RandomKeys keys() {
        return new RandomKeys(training.seed());
    }

    RunJournal journal() {
        return journal;
    }

    /** Blocks while the run is paused. */
    void begin(int step) {
        journal.awaitPermission();
        journal.phase("step " + step + " of " + last());
        begun = System.nanoTime();
        trace = trace("step", runId, stage, step);
    }

    /** A trace of its own, of what is done at a step. */
    static Span trace(String name, String runId, String stage, int step) {
        return Span.root(name)
                .tag("tribunal.run", runId)
                .tag("tribunal.stage", stage)
                .tag("tribunal.step", step);
    }

    private void endTrace() {
        Span ending = trace;
        trace = null;
        if (ending != null) {
            ending.close();
        }
    }

    void pause(String reason) {
        LOG.warn("run {} pauses: {}", runId, reason);
        journal.pause(reason);
    }

    void warnOfNoUpdate(int step) {
        journal.warn(
                "no_update",
                "step " + step
                        + ": no rollout has a weight, since all rewards are the same, none is in the batch or no loss has a slope;"
                        + " the policy stays as it is");
    }

    /** @param shortfalls of tasks that sample until their groups teach something; none if all have what they want */
    void warnOfFewGroups(int step, List<String> shortfalls) {
        if (!shortfalls.isEmpty()) {
            journal.warn("few_groups", "step " + step + ": " + String.join("; ", shortfalls));
        }
    }

    AdamW adamW(int step) {
        updating = true;
        return AdamW.of(learningRate.at(step - before), training.gradientClip());
    }

    /** The critic's, whose rate has the policy's schedule; absent if there is none. */
    @Nullable
    AdamW adamWOfCritic(int step) {
        RunSpec.Critic critic = training.critic();
        return critic == null
                ? null
                : AdamW.of(
                        critic.learningRate() * learningRate.at(step - before) / training.learningRate(),
                        training.gradientClip());
    }

    void commit(int step, List<EpisodeResource> episodes, List<Metric> metrics) {
        List<Metric> all = new ArrayList<>(metrics);
        all.add(new Metric(MetricNames.LEARNING_RATE, null, learningRate.at(step - before)));
        all.add(new Metric(MetricNames.STEP_SECONDS, null, (System.nanoTime() - begun) / 1e9));
        all.addAll(TrainerMemory.metrics());
        if (storing > 0) {
            all.add(new Metric(MetricNames.STORING_SECONDS, null, storing / 1e9));
        }
        long from = nanoTime.getAsLong();
        try (Span _ = Span.begin("commit")) {
            journal.commit(new StepRecord(stage, step, Kind.TRAINING, episodes, all));
        }
        storing = nanoTime.getAsLong() - from;
        updating = false;
        LOG.info("run {} step {}/{}: {}", runId, step, last(), line(all));
    }

    private static String line(List<Metric> metrics) {
        return metrics.stream()
                .filter(metric -> LOGGED.contains(metric.name()))
                .map(metric -> (metric.task() == null ? "" : metric.task() + " ") + metric.name() + " "
                        + String.format(Locale.ROOT, "%.4g", metric.value()))
                .collect(Collectors.joining(", "));
    }

    /**
     * Moves the reference, and writes a checkpoint, if it is time; always one after the last step.
     *
     * @param needed whether there has to be one
     */
    void checkpoint(int step, List<TrainingTask> tasks, boolean needed) {
        if (step != last()) {
            reference.follow(step - before);
        }
        TrainingState state = new TrainingState(runId, step, keep(tasks));
        last = state;
        long from = nanoTime.getAsLong();
        if (step == last()) {
            save(state, Purpose.ARTIFACT);
        } else if ((step - before) % training.checkpointEvery() == 0) {
            save(state, Purpose.MILESTONE);
        } else if (needed
                || journal.isPausedByAlarm() // a trainer that ends meanwhile must not meet the alarm once more
                || nanoTime.getAsLong() - latestAt
                        >= MINUTES.toNanos(training.checkpoints().everyMinutes())) {
            save(state, Purpose.RESUMING);
        }
        storing += nanoTime.getAsLong() - from;
        endTrace();
    }

    /** The stage ends with a checkpoint that is there, and says so. */
    void endEarly(int step, String why) {
        Checkpoint end = latest().as(Purpose.ARTIFACT);
        if (end.step() != step) {
            throw new IllegalStateException("the latest checkpoint is of step " + end.step() + ", not " + step);
        }
        journal.checkpoint(end, training.checkpoints().keep());
        latest = end;
        journal.warn(
                "stopped_early",
                "stage '" + stage + "' stopped early after step " + step + " of " + last() + ": " + why);
    }

    private void save(TrainingState state, Purpose purpose) {
        journal.phase("writing the checkpoint of step " + state.step());
        try (Span _ = Span.begin("checkpoint")) {
            Checkpoint written = checkpoints.write(
                    policy,
                    critic == null ? null : critic.model(),
                    reference.moved(),
                    state,
                    purpose,
                    journal.attempt(),
                    journal::requireHeld);
            journal.checkpoint(written, training.checkpoints().keep());
            latest = written;
        }
        latestAt = nanoTime.getAsLong();
    }
}
