package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.EpisodeResource;
import dev.tribunal.contracts.runs.v1.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.RunSpec.OnShortage;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Shortages.ShortageException;
import dev.tribunal.trainer.training.RolloutCollector.Collected;
import dev.tribunal.trainer.training.RunJournal.Metric;
import dev.tribunal.trainer.training.RunJournal.StepAbandonedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * CGPO over many tasks (arXiv 2409.20370, Algorithm 2). Each iteration asks every task for its gradient, which is one
 * iteration of Algorithm 1 with the task's own prompts, reward model, judges and policy optimizer, and takes one step
 * along their weighted sum:
 *
 * <pre>w_{t+1} = w_t + alpha_t sum_l rho_l g_l(pi_{w_t})</pre>
 *
 * where the step along the sum is AdamW's. The policy answers all tasks' prompts in one go, which is the same as task
 * by task, since the weights do not change in between, and faster.
 *
 * @param tasks the paper's (D_l, J_l, B_l, R_l, O_l)
 */
record TrainingLoop(
        List<TrainingTask> tasks,
        RolloutCollector rollouts,
        GradientAccumulator gradient,
        Evaluation evaluation,
        RunProgress progress) {

    void run() {
        tasks.forEach(
                task -> Optional.ofNullable(progress.tasks().get(task.name())).ifPresent(task::restore));
        if (progress.committed() == 0) {
            evaluation.run(0);
        }
        tasks.forEach(TrainingTask::keep);
        for (int step = progress.committed() + 1; step <= progress.steps(); step++) {
            while (!completes(step)) {
                gradient.clear(); // nothing of the attempt is left: it begins again with the same random numbers
                tasks.forEach(TrainingTask::forget);
            }
            tasks.forEach(TrainingTask::advance);
            progress.checkpoint(step, states());
        }
        evaluation.run(progress.steps());
    }

    /** @return whether the step was taken; if not, the run is pausing */
    private boolean completes(int step) {
        progress.begin(step);
        try {
            iterate(step);
            return true;
        } catch (ShortageException shortage) {
            if (shortage.policy() != OnShortage.PAUSE_RUN) {
                throw new TrainingFailedException("step " + step + ": " + shortage.getMessage(), shortage);
            }
            progress.pause("step " + step + ": " + shortage.getMessage());
            return false;
        } catch (StepAbandonedException pausing) {
            return false;
        }
    }

    /** Algorithm 2, one t. */
    private void iterate(int step) {
        List<EpisodeResource> episodes = new ArrayList<>();
        List<Metric> metrics = new ArrayList<>();

        Collected collected = rollouts.collect( // Algorithm 1, lines 3 to 5: prompts, completions, scores and verdicts
                step, tasks.stream().flatMap(task -> task.plan(step).stream()).toList());

        long start = System.nanoTime();
        for (TrainingTask task : tasks) { // for l = 1, ..., L
            List<Group> groups = collected.of(task);
            TaskUpdate update = TaskUpdate.of(task, groups); // Algorithm 1, lines 6 to 11: who is in, and g_l
            gradient.add(update.sequences()); // + rho_l g_l
            episodes.addAll(episodes(step, task, update));
            metrics.addAll(new TaskMetrics(task.name(), groups).training());
        }
        if (gradient.isEmpty()) {
            progress.warnOfNoUpdate(step);
        }
        double norm = gradient.step(progress.adamW(step)); // w_{t+1}

        metrics.add(new Metric(MetricNames.GRADIENT_NORM, null, norm));
        metrics.add(new Metric(MetricNames.SAMPLING_SECONDS, null, collected.samplingSeconds()));
        metrics.add(new Metric(MetricNames.UPDATE_SECONDS, null, (System.nanoTime() - start) / 1e9));
        progress.commit(step, episodes, metrics);
    }

    private Map<String, TaskState> states() {
        return tasks.stream().collect(Collectors.toMap(TrainingTask::name, TrainingTask::keep));
    }

    private List<EpisodeResource> episodes(int step, TrainingTask task, TaskUpdate update) {
        Episodes storing = new Episodes(progress.runId(), step, Split.TRAIN, step - 1);
        List<EpisodeResource> episodes = new ArrayList<>(storing.of(task.spec(), update.groups(), update.weights()));
        update.baselines()
                .forEach(trained -> episodes.add(storing.of(
                        task.spec(), trained.group(), rollouts.baselineRollout(trained.group()), trained.weighted())));
        return episodes;
    }
}
