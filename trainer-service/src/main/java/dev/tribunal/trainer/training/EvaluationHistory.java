package dev.tribunal.trainer.training;

import dev.tribunal.contracts.runs.v1.run.RunResource.BestCheckpoint;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.Evaluated;
import dev.tribunal.trainer.journal.RunJournal.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's evaluations were, and what follows of them: which checkpoint is the best, and whether the stage ends
 * early. It is read from the journal when the stage goes on, so that it needs no place in a checkpoint.
 */
public final class EvaluationHistory {

    private final Evaluation settings;
    private final String stage;
    private final int first;
    private final int last;
    private final String task;
    private final RunJournal journal;
    private final List<Evaluated> evaluated;
    private @Nullable BestCheckpoint told;

    /**
     * @param before the steps of earlier stages
     * @param journal whose evaluations of the stage, if there were any, are the beginning
     */
    public EvaluationHistory(
            Evaluation settings, String stage, int before, int steps, List<RunSpec.Task> tasks, RunJournal journal) {
        this.settings = settings;
        this.stage = stage;
        this.first = before;
        this.last = before + steps;
        this.task = settings.best() == null ? "" : settings.taskOfBest(tasks);
        this.journal = journal;
        this.evaluated = new ArrayList<>(journal.evaluations(stage, metric(), task));
    }

    private String metric() {
        return settings.best() == null ? "" : settings.best().metric();
    }

    /** Whether there is to be an evaluation after a step. */
    private boolean isPlanned(int step) {
        return step == first || step == last || settings.every() != null && (step - first) % settings.every() == 0;
    }

    /** Whether it is time for one that has not been made. */
    boolean isDue(int step) {
        return isPlanned(step) && evaluated.stream().noneMatch(one -> one.step() == step);
    }

    /** Whether a step's checkpoint may be the best one, so that it has to be there. */
    boolean needsCheckpoint(int step) {
        return settings.best() != null && isPlanned(step);
    }

    void add(int step, List<Metric> metrics) {
        Double value = metrics.stream()
                .filter(metric -> metric.name().equals(metric()) && task.equals(metric.task()))
                .filter(metric -> Double.isFinite(metric.value()))
                .map(Metric::value)
                .findFirst()
                .orElse(null);
        evaluated.add(new Evaluated(step, value));
    }

    /** Tells which checkpoint is the best now, if that has changed. */
    void tell() {
        BestCheckpoint now = best();
        if (now != null && !now.equals(told)) {
            journal.best(stage, now);
            told = now;
        }
    }

    /** Of equals the earliest; absent if nothing was measured. What the stage began with has no checkpoint of its own. */
    private @Nullable BestCheckpoint best() {
        Evaluation.Best by = settings.best();
        BestCheckpoint best = null;
        for (Evaluated one : evaluated) {
            if (by != null
                    && one.value() != null
                    && one.step() > first
                    && (best == null || by.isBetter(one.value(), best.value(), 0))) {
                best = new BestCheckpoint(one.step(), by.metric(), task, one.value());
            }
        }
        return best;
    }

    /** Why the stage ends now, for a person; absent if it goes on. */
    @Nullable
    String end() {
        Evaluation.StopEarly stop = settings.stopEarly();
        Evaluation.Best by = settings.best();
        if (stop == null || by == null) {
            return null;
        }
        Evaluated mark = null;
        int waited = 0;
        for (Evaluated one : evaluated) {
            if (one.value() == null) {
                continue;
            }
            if (mark == null || mark.value() == null || by.isBetter(one.value(), mark.value(), stop.minImprovement())) {
                mark = one;
                waited = 0;
            } else {
                waited++;
            }
        }
        return mark == null || waited < stop.patience()
                ? null
                : by.metric() + " of " + task + " has not improved in " + waited + " evaluations since step "
                        + mark.step() + ", where it was " + String.format(Locale.ROOT, "%.4g", mark.value());
    }
}
