package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.contracts.runs.v1.MetricSeries;
import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunsApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a run did to a task, measured on prompts that were never trained on.
 *
 * @param name the task's
 * @param scores mean raw score by reward model, where the task has several; else none
 */
public record BeforeAfter(String name, Change feasibleRate, Change calibratedReward, Map<String, Change> scores) {

    private static final String SCORE = MetricNames.HELD_OUT_SCORE + ".";

    /**
     * @param before at step 0; absent if it was not measured
     * @param after at the last step; absent if it was not measured
     */
    public record Change(@Nullable Double before, @Nullable Double after) {

        @Nullable
        Double difference() {
            return before == null || after == null ? null : after - before;
        }
    }

    public static List<BeforeAfter> of(RunResource run, RunsApi runs) {
        List<MetricSeries> series = runs.metrics(run.id(), null, null, null, null);
        return run.tasks().stream()
                .map(task -> new BeforeAfter(
                        task,
                        change(task, MetricNames.HELD_OUT_FEASIBLE_RATE, run.steps(), series),
                        change(task, MetricNames.HELD_OUT_CALIBRATED_REWARD, run.steps(), series),
                        scores(task, run.steps(), series)))
                .toList();
    }

    private static Map<String, Change> scores(String task, int lastStep, List<MetricSeries> all) {
        Map<String, Change> scores = new TreeMap<>();
        for (MetricSeries series : all) {
            if (series.name().startsWith(SCORE) && task.equals(series.task())) {
                scores.put(series.name().substring(SCORE.length()), change(task, series.name(), lastStep, all));
            }
        }
        return scores;
    }

    private static Change change(String task, String name, int lastStep, List<MetricSeries> all) {
        Double before = null;
        Double after = null;
        for (MetricSeries series : all) {
            if (series.name().equals(name) && task.equals(series.task())) {
                for (MetricSeries.Point point : series.points()) {
                    if (point.step() == 0) {
                        before = point.value();
                    } else if (point.step() == lastStep) {
                        after = point.value();
                    }
                }
            }
        }
        return new Change(before, after);
    }

    /** Lines for people; rates in percent, changes of rates in points. */
    public static List<String> table(List<BeforeAfter> tasks) {
        int width = ProgressText.nameWidth(tasks.stream().map(BeforeAfter::name).toList());
        String row = "  %-" + width + "s  %7s %7s %7s   %7s %7s %7s";
        List<String> lines = new ArrayList<>();
        lines.add(String.format("  %-" + width + "s  %-23s   %s", "", "feasible rate", "calibrated reward"));
        lines.add(String.format(row, "task", "before", "after", "change", "before", "after", "change"));
        for (BeforeAfter task : tasks) {
            lines.add(String.format(
                    row,
                    ProgressText.cut(task.name(), width),
                    ProgressText.percent(task.feasibleRate.before),
                    ProgressText.percent(task.feasibleRate.after),
                    points(task.feasibleRate.difference()),
                    ProgressText.signed(task.calibratedReward.before),
                    ProgressText.signed(task.calibratedReward.after),
                    ProgressText.signed(task.calibratedReward.difference())));
        }
        for (BeforeAfter task : tasks) {
            task.scores.forEach((model, change) -> lines.add(String.format(
                    "  %s: mean score by %s %s before, %s after",
                    task.name(), model, ProgressText.signed(change.before), ProgressText.signed(change.after))));
        }
        return lines;
    }

    private static String points(@Nullable Double difference) {
        return difference == null ? "-" : String.format(Locale.ROOT, "%+.0f", 100 * difference);
    }
}
