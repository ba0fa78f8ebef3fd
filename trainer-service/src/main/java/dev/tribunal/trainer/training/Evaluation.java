package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.training.RolloutCollector.Collected;
import dev.tribunal.trainer.training.SampledPrompts.GroupPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Measures the policy on prompts that it is never trained on, with the same random numbers before and after training,
 * so that the two differ by the policy alone.
 *
 * @param samples completions of each held-out prompt, where they are sampled
 */
public record Evaluation(
        String runId,
        String stage,
        List<TrainingTask> tasks,
        LanguageModel policy,
        RolloutCollector rollouts,
        LogProbs logProbs,
        int samples) {

    /**
     * @param step committed steps of the policy
     * @param name for a person who watches
     */
    void run(int step, String name) {
        if (tasks.stream().noneMatch(task -> task.source().hasHeldOut())) {
            return;
        }
        Map<String, TaskState> before =
                tasks.stream().collect(Collectors.toMap(TrainingTask::name, TrainingTask::state));
        while (!completes(step, name)) {
            tasks.forEach(task -> task.restore(Objects.requireNonNull(before.get(task.name()))));
        }
    }

    /** @return whether it is done; if not, the run is pausing */
    private boolean completes(int step, String name) {
        RunJournal journal = logProbs.journal();
        journal.awaitPermission();
        journal.phase(name);
        List<GroupPlan> plans = new ArrayList<>();
        for (TrainingTask task : tasks) {
            if (task.source() instanceof SampledPrompts prompts) {
                plans.addAll(prompts.planEvaluation(samples));
            }
        }
        Collected collected;
        try {
            collected = rollouts.collectPlans(step, plans);
        } catch (StepAbandonedException pausing) {
            return false;
        }
        Episodes storing = new Episodes(runId, stage, step, Split.HELD_OUT, step);
        List<EpisodeResource> episodes = new ArrayList<>();
        List<Metric> metrics = new ArrayList<>();
        for (TrainingTask task : tasks) {
            switch (task.source()) {
                case SampledPrompts prompts -> {
                    List<Group> groups = collected.of(prompts);
                    episodes.addAll(storing.of(task.spec(), groups, Map.of()));
                    metrics.addAll(new TaskMetrics(task.name(), groups).heldOut());
                }
                case Dataset rows -> metrics.addAll(losses(task, rows));
            }
        }
        journal.commit(new StepRecord(stage, step, Kind.EVALUATION, episodes, metrics));
        return true;
    }

    /** The method's own loss on rows that it does not learn from. */
    private List<Metric> losses(TrainingTask task, Dataset rows) {
        if (!rows.hasHeldOut()) {
            return List.of();
        }
        Batch batch = rows.heldOut();
        double loss = new TermPasses(policy, null, logProbs)
                .over(task, batch, task.optimizer().terms(batch.groups()), (forward, values, passed) -> {}).stream()
                        .mapToDouble(passed -> passed.slopes().loss())
                        .sum();
        return List.of(new Metric(MetricNames.HELD_OUT_LOSS, task.name(), loss));
    }
}
