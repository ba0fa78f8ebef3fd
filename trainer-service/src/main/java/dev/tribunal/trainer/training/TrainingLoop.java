package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource;
import dev.tribunal.contracts.runs.v1.run.EpisodeResource.Split;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.OnShortage;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Updates;
import dev.tribunal.methods.loss.LossTerm;
import dev.tribunal.servicekit.trace.Span;
import dev.tribunal.trainer.collection.RolloutCollector;
import dev.tribunal.trainer.collection.TaskMetrics;
import dev.tribunal.trainer.gradient.EntanglementMonitor;
import dev.tribunal.trainer.gradient.GradientAccumulator;
import dev.tribunal.trainer.gradient.GroupSignal;
import dev.tribunal.trainer.gradient.TaskUpdate;
import dev.tribunal.trainer.gradient.TermPasses.Passed;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import dev.tribunal.trainer.journal.RunJournal.StepAbandonedException;
import dev.tribunal.trainer.journal.TrainingFailedException;
import dev.tribunal.trainer.rollout.Group;
import dev.tribunal.trainer.rollout.Shortages.ShortageException;
import dev.tribunal.trainer.task.Collected;
import dev.tribunal.trainer.task.Critic;
import dev.tribunal.trainer.task.DynamicSampling;
import dev.tribunal.trainer.task.SampledPrompts;
import dev.tribunal.trainer.task.TrainingTask;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
 * @param entanglement looks at the gradients of pairs, before they are taken
 * @param updates how often a step goes through its batch, and in how many parts
 * @param critic of the methods that have one
 */
public record TrainingLoop(
        List<TrainingTask> tasks,
        RolloutCollector rollouts,
        EntanglementMonitor entanglement,
        GradientAccumulator gradient,
        Updates updates,
        @Nullable Critic critic,
        HeldOutEvaluation evaluation,
        RunProgress progress) {

    public void run() {
        progress.restore(tasks);
        for (int step = progress.next(); !endsBefore(step); step++) {
            while (!completes(step)) {
                gradient.clear(); // nothing of the attempt is left: it begins again with the same random numbers
                progress.restore(tasks);
            }
            tasks.forEach(task -> task.source().advance());
            progress.checkpoint(step, tasks, evaluation.history().needsCheckpoint(step));
        }
    }

    /** Evaluates the policy as it is before a step, if it is time, and says whether the stage has come to its end. */
    private boolean endsBefore(int step) {
        int committed = step - 1;
        if (evaluation.history().isDue(committed)) {
            evaluation.run(committed, progress.nameOfEvaluation(committed));
            progress.keep(tasks);
        }
        evaluation.history().tell();
        if (committed == progress.last()) {
            return true;
        }
        String why = evaluation.history().end();
        if (why != null) {
            progress.endEarly(committed, why);
        }
        return why != null;
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
        Collected collected = rollouts.collect( // Algorithm 1, lines 3 to 5: prompts, completions, scores and verdicts
                step, tasks);
        Update update;
        try (Span _ = Span.begin("update")) {
            update = update(step, collected);
        }
        progress.commit(step, episodes(step, update.tasks(), collected, update.metrics()), update.metrics());
    }

    /** What a step has learnt from, and what there is to tell of it. */
    private record Update(List<TaskUpdate> tasks, List<Metric> metrics) {}

    private Update update(int step, Collected collected) {
        long start = System.nanoTime();
        List<TaskUpdate> all = tasks.stream() // Algorithm 1, lines 6 to 11: who is in, and what is to be learnt of it
                .map(task -> TaskUpdate.of(task, task.batch(collected, critic), rollouts::baselineCompletionRollout))
                .toList();
        List<Metric> looks = entanglement.look(step, all);
        int changes = 0;
        List<Metric> metrics = new ArrayList<>();
        for (int epoch = 0; epoch < updates.epochs(); epoch++) {
            List<List<List<LossTerm>>> parts = parts(step, epoch, all);
            for (int part = 0; part < updates.miniBatches(); part++) {
                for (int l = 0; l < all.size(); l++) { // for l = 1, ..., L
                    add(epoch, all.get(l), parts.get(l).get(part)); // + rho_l g_l
                }
                changes += gradient.isEmpty() ? 0 : 1;
                metrics = gradient.step(progress.adamW(step), progress.adamWOfCritic(step)); // w_{t+1}
            }
        }
        metrics.addAll(looks);
        all.forEach(TaskUpdate::observe);
        metrics.add(new Metric(MetricNames.UPDATES, null, changes));
        if (changes == 0) {
            progress.warnOfNoUpdate(step);
        }
        progress.warnOfFewGroups(step, DynamicSampling.shortfalls(tasks, collected));
        metrics.addAll(collected.clock());
        metrics.add(new Metric(MetricNames.UPDATE_SECONDS, null, (System.nanoTime() - start) / 1e9));
        return new Update(all, metrics);
    }

    /** By task, one a mini-batch. */
    private List<List<List<LossTerm>>> parts(int step, int epoch, List<TaskUpdate> all) {
        return IntStream.range(0, all.size())
                .mapToObj(l ->
                        all.get(l).parts(updates.miniBatches(), progress.keys().miniBatches(step, l, epoch)))
                .toList();
    }

    private void add(int epoch, TaskUpdate one, List<LossTerm> part) {
        List<Passed> passed = gradient.add(one, part, updates.miniBatches());
        if (epoch == 0) {
            one.passed().addAll(passed);
        }
    }

    /** @param metrics of each task are added */
    private List<EpisodeResource> episodes(
            int step, List<TaskUpdate> updates, Collected collected, List<Metric> metrics) {
        Episodes storing = new Episodes(progress.runId(), progress.stage(), step, Split.TRAIN, step - 1);
        List<EpisodeResource> episodes = new ArrayList<>();
        for (TaskUpdate update : updates) {
            metrics.addAll(update.metrics());
            metrics.addAll(GroupSignal.metrics(
                    update,
                    update.task().source() instanceof SampledPrompts sampled ? collected.of(sampled) : List.of()));
            if (update.task().source() instanceof SampledPrompts prompts) {
                List<Group> groups = collected.of(prompts);
                metrics.addAll(new TaskMetrics(prompts.name(), groups)
                        .training(prompts.spec().method().leash()));
                TaskUpdate.Weights weights = update.weights();
                episodes.addAll(storing.of(prompts.spec(), groups, weights.rollouts()));
                update.baselineCompletions()
                        .forEach(trained -> episodes.add(storing.of(
                                prompts.spec(),
                                trained.group(),
                                trained.rollout(),
                                weights.baselineCompletions().get(trained.group()))));
            }
        }
        return episodes;
    }
}
