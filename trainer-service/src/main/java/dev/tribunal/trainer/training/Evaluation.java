package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.training.RunJournal.Kind;
import dev.tribunal.trainer.training.RunJournal.Metric;
import dev.tribunal.trainer.training.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.training.RunJournal.StepRecord;
import dev.tribunal.trainer.training.TrainingTask.GroupPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures the policy on prompts that it is never trained on, with the same random numbers before and after training,
 * so that the two differ by the policy alone.
 */
record Evaluation(String runId, List<TrainingTask> tasks, RolloutCollector rollouts, RunJournal journal, int samples) {

    /** @param step committed steps of the policy */
    void run(int step) {
        List<GroupPlan> plans = tasks.stream()
                .flatMap(task -> task.planEvaluation(samples).stream())
                .toList();
        if (plans.isEmpty()) {
            return;
        }
        while (!completes(step, plans)) {
            tasks.forEach(TrainingTask::forget);
        }
    }

    /** @return whether it is done; if not, the run is pausing */
    private boolean completes(int step, List<GroupPlan> plans) {
        journal.awaitPermission();
        journal.phase(step == 0 ? "evaluating before training" : "evaluating after training");
        Episodes storing = new Episodes(runId, step, Split.HELD_OUT, step);
        List<EpisodeResource> episodes = new ArrayList<>();
        List<Metric> metrics = new ArrayList<>();
        RolloutCollector.Collected collected;
        try {
            collected = rollouts.collect(step, plans);
        } catch (StepAbandonedException pausing) {
            return false;
        }
        for (TrainingTask task : tasks) {
            List<Group> groups = collected.of(task);
            episodes.addAll(storing.of(task.spec(), groups, Map.of()));
            metrics.addAll(new TaskMetrics(task.name(), groups).heldOut());
        }
        journal.commit(new StepRecord(step, Kind.EVALUATION, episodes, metrics));
        return true;
    }
}
