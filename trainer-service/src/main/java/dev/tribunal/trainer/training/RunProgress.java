package dev.tribunal.trainer.training;

import java.util.Objects;
import dev.tribunal.trainer.checkpoint.Checkpoint;
import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.RunSpec;
import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.trainer.checkpoint.CheckpointWriter;
import dev.tribunal.trainer.checkpoint.TrainingState;
import dev.tribunal.trainer.generation.RandomKeys;
import dev.tribunal.trainer.prompt.PromptCursor;
import dev.tribunal.trainer.training.RunJournal.Kind;
import dev.tribunal.trainer.training.RunJournal.Metric;
import dev.tribunal.trainer.training.RunJournal.StepRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
    private final int before;
    private final RunSpec.Training training;
    private final LearningRate learningRate;
    private final LanguageModel policy;
    private final CheckpointWriter checkpoints;
    private final RunJournal journal;
    private @Nullable Checkpoint latest;
    private long begun;

    /** @param before the steps of earlier stages: the run's steps are numbered through */
    RunProgress(
            String runId,
            int before,
            RunSpec.Training training,
            LanguageModel policy,
            CheckpointWriter checkpoints,
            RunJournal journal) {
        this.runId = runId;
        this.before = before;
        this.training = training;
        this.learningRate = new LearningRate(training);
        this.policy = policy;
        this.checkpoints = checkpoints;
        this.journal = journal;
    }

    String runId() {
        return runId;
    }

    /** The stage's first step. */
    int first() {
        return before + 1;
    }

    /** The stage's last step. */
    int last() {
        return before + training.steps();
    }

    /** The latest checkpoint. */
    Checkpoint latest() {
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
        journal.commit(new StepRecord(step, Kind.TRAINING, episodes, all));
        LOG.info("run {} step {}/{}: {}", runId, step, last(), line(all));
    }

    private static String line(List<Metric> metrics) {
        return metrics.stream()
                .filter(metric -> LOGGED.contains(metric.name()))
                .map(metric -> (metric.task() == null ? "" : metric.task() + " ") + metric.name() + " "
                        + String.format(Locale.ROOT, "%.4g", metric.value()))
                .collect(Collectors.joining(", "));
    }

    /** Writes one if it is time; always after the last step. */
    void checkpoint(int step, List<TrainingTask> tasks) {
        if ((step - before) % training.checkpointEvery() == 0 || step == last()) {
            Map<String, PromptCursor> cursors = tasks.stream()
                    .collect(Collectors.toMap(
                            TrainingTask::name, task -> task.source().cursor()));
            Checkpoint written = checkpoints.write(policy, new TrainingState(runId, step, cursors));
            journal.checkpoint(written);
            latest = written;
        }
    }
}
