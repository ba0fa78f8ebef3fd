package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.languagemodel.LanguageModel;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.trainer.checkpoint.TrainingState.TaskState;
import dev.tribunal.trainer.collection.HeldOutAssessor;
import dev.tribunal.trainer.collection.RolloutCollector;
import dev.tribunal.trainer.collection.TaskMetrics;
import dev.tribunal.trainer.gradient.TaskUpdate;
import dev.tribunal.trainer.gradient.TermPasses;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Kind;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.journal.RunJournal.StepRecord;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Rollout;
import dev.tribunal.trainer.task.Batch;
import dev.tribunal.trainer.task.Collected;
import dev.tribunal.trainer.task.Dataset;
import dev.tribunal.trainer.task.LogProbs;
import dev.tribunal.trainer.task.SampledPrompts;
import dev.tribunal.trainer.task.SampledPrompts.GroupPlan;
import dev.tribunal.trainer.task.TrainingTask;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Measures the policy on prompts that it is never trained on, with the same random numbers each time, so that two
 * evaluations differ by the policy alone.
 *
 * @param settings how, and how often
 * @param rollouts samples as the evaluation wants it
 * @param apart by task, the judges and reward models that training does not use
 * @param history of the stage's evaluations so far
 */
public record HeldOutEvaluation(
        String runId,
        String stage,
        Evaluation settings,
        List<TrainingTask> tasks,
        LanguageModel policy,
        RolloutCollector rollouts,
        LogProbs logProbs,
        Map<String, HeldOutAssessor> apart,
        EvaluationHistory history) {

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
        try (Span _ = RunProgress.trace("evaluation", runId, stage, step)) {
            return evaluates(step, journal);
        }
    }

    private boolean evaluates(int step, RunJournal journal) {
        List<GroupPlan> plans = new ArrayList<>();
        for (TrainingTask task : tasks) {
            if (task.source() instanceof SampledPrompts prompts) {
                plans.addAll(prompts.planEvaluation(settings.samples(), settings.prompts()));
            }
        }
        Collected collected;
        Map<String, IdentityHashMap<Rollout, HeldOutAssessor.Assessed>> assessed;
        try {
            collected = rollouts.collectPlans(step, step, plans);
            assessed = assess(step, collected, journal);
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
                    metrics.addAll(new TaskMetrics(task.name(), groups).heldOut());
                    HeldOutAssessor assessor = apart.get(task.name());
                    IdentityHashMap<Rollout, HeldOutAssessor.Assessed> ofTask =
                            assessed.getOrDefault(task.name(), new IdentityHashMap<>());
                    if (assessor != null) {
                        metrics.addAll(assessor.metrics(task.name(), groups, ofTask));
                    }
                    episodes.addAll(storing.evaluated(task.spec(), groups, ofTask));
                }
                case Dataset rows -> metrics.addAll(losses(task, rows));
            }
        }
        journal.commit(new StepRecord(stage, step, Kind.EVALUATION, episodes, metrics));
        history.add(step, metrics);
        return true;
    }

    private Map<String, IdentityHashMap<Rollout, HeldOutAssessor.Assessed>> assess(
            int step, Collected collected, RunJournal journal) {
        return tasks.stream()
                .filter(task -> apart.containsKey(task.name()))
                .filter(task -> task.source() instanceof SampledPrompts)
                .collect(Collectors.toMap(
                        TrainingTask::name,
                        task -> Objects.requireNonNull(apart.get(task.name()))
                                .assess(step, collected.of((SampledPrompts) task.source()), journal)));
    }

    /** The method's own loss, and how many pairs the policy orders as they are labelled, on rows that it does not learn from. */
    private List<Metric> losses(TrainingTask task, Dataset rows) {
        if (!rows.hasHeldOut()) {
            return List.of();
        }
        Batch batch = rows.heldOut();
        List<TermPasses.Passed> passed = new TermPasses(policy, null, logProbs)
                .over(task, batch, task.optimizer().terms(batch.groups()), (forward, values, some) -> {});
        double loss = passed.stream().mapToDouble(each -> each.slopes().loss()).sum();
        List<Metric> metrics = new ArrayList<>(List.of(new Metric(MetricNames.HELD_OUT_LOSS, task.name(), loss)));
        TaskMetrics.addWithInterval(
                metrics,
                task.name(),
                MetricNames.HELD_OUT_PREFERENCE_ACCURACY,
                TaskUpdate.agreements(passed)
                        .mapToObj(agreement -> new double[] {agreement})
                        .toList());
        return metrics;
    }
}
