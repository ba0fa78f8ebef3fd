package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.metric.MetricSeries;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a run did to a task, measured on prompts that were never trained on.
 *
 * @param name the task's
 * @param scores mean raw score by reward model, where the task has several; else none
 */
public record BeforeAfter(String name, Change feasibleRate, Change calibratedReward, Map<String, Change> scores) {

    private static final String VIOLATION = MetricNames.HELD_OUT_VIOLATION_RATE + ".";
    private static final String SCORE = MetricNames.HELD_OUT_SCORE + ".";

    /**
     * @param before at step 0; absent if it was not measured
     * @param after at the last step; absent if it was not measured
     */
    public record Change(
            @Nullable Measured before, @Nullable Measured after) {

        @Nullable
        Double difference() {
            return before == null || after == null ? null : after.value - before.value;
        }

        private boolean isRise() {
            Double difference = difference();
            return difference != null && difference > 0;
        }

        private boolean isFall() {
            Double difference = difference();
            return difference != null && difference < 0;
        }

        /** Whether the intervals do not overlap. */
        private boolean isClearRise() {
            return before != null
                    && after != null
                    && before.high != null
                    && after.low != null
                    && after.low > before.high;
        }
    }

    /**
     * A mean over held-out prompts.
     *
     * @param low the lower end of its 95 % interval; absent in runs from before there were intervals
     * @param high the upper end, likewise
     * @param prompts how many it is over, likewise
     */
    public record Measured(
            double value,
            @Nullable Double low,
            @Nullable Double high,
            @Nullable Integer prompts) {}

    public static List<BeforeAfter> of(RunResource run, RunsApi runs) {
        // However few points, the first and the last of each series are among them, and no more is looked at.
        List<MetricSeries> series =
                runs.metrics(run.id(), null, null, null, RunsApi.MIN_THINNED).series();
        return run.tasks().stream()
                .map(task -> new BeforeAfter(
                        task,
                        isJudged(task, series)
                                ? change(task, MetricNames.HELD_OUT_FEASIBLE_RATE, run.step(), series)
                                : new Change(null, null),
                        change(task, MetricNames.HELD_OUT_CALIBRATED_REWARD, run.step(), series),
                        scores(task, run.step(), series)))
                .toList();
    }

    /** Without a judge every completion is feasible, of which there is nothing to tell. */
    private static boolean isJudged(String task, List<MetricSeries> series) {
        return series.stream().anyMatch(each -> each.name().startsWith(VIOLATION) && task.equals(each.task()));
    }

    private static Map<String, Change> scores(String task, int lastStep, List<MetricSeries> all) {
        Map<String, Change> scores = new TreeMap<>();
        for (MetricSeries series : all) {
            if (series.name().startsWith(SCORE) && !isPartOfAnother(series.name()) && task.equals(series.task())) {
                scores.put(series.name().substring(SCORE.length()), change(task, series.name(), lastStep, all));
            }
        }
        return scores;
    }

    /** Whether it is an end of an interval, or what that is over. */
    private static boolean isPartOfAnother(String name) {
        return MetricNames.INTERVAL.stream().anyMatch(name::endsWith);
    }

    private static Change change(String task, String name, int lastStep, List<MetricSeries> all) {
        return new Change(measured(task, name, 0, all), measured(task, name, lastStep, all));
    }

    private static @Nullable Measured measured(String task, String name, int step, List<MetricSeries> all) {
        Double value = value(task, name, step, all);
        if (value == null) {
            return null;
        }
        Double prompts = value(task, name + MetricNames.PROMPTS, step, all);
        return new Measured(
                value,
                value(task, name + MetricNames.LOW, step, all),
                value(task, name + MetricNames.HIGH, step, all),
                prompts == null ? null : prompts.intValue());
    }

    private static @Nullable Double value(String task, String name, int step, List<MetricSeries> all) {
        return all.stream()
                .filter(series -> series.name().equals(name) && task.equals(series.task()))
                .filter(series -> series.steps().contains(step))
                .map(series -> series.values().get(series.steps().indexOf(step)))
                .findFirst()
                .orElse(null);
    }

    /** Lines for people, up to two a task; rates in percent, changes of rates in points. */
    public static List<String> table(List<BeforeAfter> tasks) {
        int width = ProgressText.nameWidth(tasks.stream().map(BeforeAfter::name).toList());
        String row = "  %-" + width + "s  %-17s  %-26s  %-26s  %s";
        List<String> lines = new ArrayList<>();
        lines.add(row.formatted("task", "", "before", "after", "change"));
        for (BeforeAfter task : tasks) {
            boolean judged = task.feasibleRate.before != null || task.feasibleRate.after != null;
            if (judged) {
                lines.add(row.formatted(
                        ProgressText.cut(task.name(), width),
                        "feasible rate",
                        rate(task.feasibleRate.before),
                        rate(task.feasibleRate.after),
                        points(task.feasibleRate.difference())));
            }
            lines.add(row.formatted(
                    judged ? "" : ProgressText.cut(task.name(), width),
                    "calibrated reward",
                    reward(task.calibratedReward.before),
                    reward(task.calibratedReward.after),
                    ProgressText.signed(task.calibratedReward.difference())));
        }
        for (BeforeAfter task : tasks) {
            task.scores.forEach((model, change) -> lines.add(String.format(
                    "  %s: mean score by %s %s before, %s after",
                    task.name(), model, reward(change.before), reward(change.after))));
        }
        return lines;
    }

    /** What happened, in one sentence for people; absent where nothing was measured before and after. */
    public static Optional<String> sentence(List<BeforeAfter> tasks) {
        List<String> parts = new ArrayList<>();
        List<Change> rates = measured(tasks, BeforeAfter::feasibleRate);
        if (!rates.isEmpty()) {
            parts.add("more completions satisfy every constraint than before in " + count(rates, Change::isRise)
                    + " of " + rates.size() + " tasks (beyond the intervals in " + count(rates, Change::isClearRise)
                    + "), and fewer in " + count(rates, Change::isFall));
        }
        List<Change> rewards = measured(tasks, BeforeAfter::calibratedReward);
        if (!rewards.isEmpty()) {
            parts.add("the calibrated reward is higher in " + count(rewards, Change::isRise) + " of " + rewards.size()
                    + (parts.isEmpty() ? " tasks" : ""));
        }
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of("On prompts that were never trained on, " + String.join("; ", parts) + ".");
    }

    private static List<Change> measured(List<BeforeAfter> tasks, Function<BeforeAfter, Change> change) {
        return tasks.stream()
                .map(change)
                .filter(each -> each.difference() != null)
                .toList();
    }

    private static long count(List<Change> changes, Predicate<Change> which) {
        return changes.stream().filter(which).count();
    }

    /** {@code 54.3 % (49–59, n=64)}. */
    private static String rate(@Nullable Measured measured) {
        return measured == null
                ? "-"
                : text(
                        String.format(Locale.ROOT, "%.1f %%", 100 * measured.value),
                        measured,
                        end -> "" + Math.round(100 * end));
    }

    private static String reward(@Nullable Measured measured) {
        return measured == null ? "-" : text(three(measured.value), measured, BeforeAfter::three);
    }

    private static String three(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String text(String value, Measured measured, DoubleFunction<String> end) {
        return measured.low == null || measured.high == null
                ? value
                : value + " (" + end.apply(measured.low) + "\u2013" + end.apply(measured.high) + ", n="
                        + measured.prompts + ")";
    }

    private static String points(@Nullable Double difference) {
        return difference == null ? "-" : String.format(Locale.ROOT, "%+.0f", 100 * difference);
    }
}
