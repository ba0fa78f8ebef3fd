package dev.tribunal.local.cli.compare;

import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Arm;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Note;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonResource.Result;
import dev.tribunal.contracts.runs.v1.metric.MetricCatalogue;
import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.metric.MetricResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.local.cli.screen.Intervals;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.methods.statistics.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** A comparison as tables for people. */
final class ComparisonReport {

    private ComparisonReport() {}

    static List<String> lines(ComparisonResource comparison) {
        List<String> lines = new ArrayList<>();
        TextTable arms = new TextTable(comparison.name().toUpperCase(Locale.ROOT), "SUCCEEDED", "SAMPLES A RUN");
        for (Arm arm : comparison.arms()) {
            long succeeded = arm.runs().stream()
                    .filter(run -> run.state() == RunState.SUCCEEDED)
                    .count();
            String share = succeeded + "/" + arm.runs().size();
            arms.add(
                    arm.name(),
                    succeeded == arm.runs().size() ? Paint.good(share) : Paint.warning(share),
                    arm.samples() == null ? "-" : String.format(Locale.ROOT, "%.0f", arm.samples()));
        }
        lines.addAll(arms.lines());
        List<MetricResource> catalogue = MetricCatalogue.all();
        comparison.results().stream()
                .map(Result::metric)
                .distinct()
                .forEach(metric -> addMetric(comparison, metric, catalogue, lines));
        if (comparison.results().isEmpty()) {
            lines.add("");
            lines.add("(nothing is measured at an end yet: held-out prompts of runs that have succeeded)");
        } else {
            lines.add("");
            lines.add("In brackets 95 % intervals over seeds and prompts. VS " + comparison.base()
                    + ": on the same seeds and prompts; * where the interval leaves out 0. Intervals are of one"
                    + " comparison each: of twenty, one misses.");
        }
        for (Note note : comparison.notes()) {
            lines.add(Paint.warning("note: ") + note.message());
        }
        lines.add("Curves: #/comparisons/" + comparison.name() + " of the platform's page");
        return lines;
    }

    private static void addMetric(
            ComparisonResource comparison, String metric, List<MetricResource> catalogue, List<String> lines) {
        List<Result> results = comparison.results().stream()
                .filter(result -> result.metric().equals(metric))
                .toList();
        MetricResource about = about(metric, catalogue);
        // A calibrated reward is a probability, and everywhere shown as a number.
        boolean share = about != null
                && about.unit().equals("share")
                && !about.name().equals(MetricNames.HELD_OUT_CALIBRATED_REWARD);
        lines.add("");
        lines.add(metric + about(about));
        List<@Nullable String> tasks = new ArrayList<>();
        results.stream().map(Result::task).distinct().forEach(tasks::add);
        boolean others = results.stream().anyMatch(result -> result.difference() != null);
        for (int i = 0; i < tasks.size(); i++) {
            if (i > 0) {
                lines.add("");
            }
            String task = tasks.get(i);
            TextTable table = new TextTable(
                    task == null ? "MEAN OF THE TASKS" : task.toUpperCase(Locale.ROOT),
                    "BEFORE",
                    "AFTER",
                    others ? "VS " + comparison.base() : "");
            results.stream()
                    .filter(result -> Objects.equals(result.task(), task))
                    .forEach(result -> table.add(
                            result.arm(),
                            text(result.before(), share, false),
                            text(result.value(), share, false),
                            difference(result.difference(), share, about)));
            lines.addAll(table.lines());
        }
    }

    private static @Nullable MetricResource about(String metric, List<MetricResource> catalogue) {
        return catalogue.stream()
                .filter(each -> metric.equals(each.name()) || metric.startsWith(each.name() + "."))
                .max(Comparator.comparingInt(each -> each.name().length()))
                .orElse(null);
    }

    private static String about(@Nullable MetricResource metric) {
        if (metric == null) {
            return "";
        }
        return " (" + metric.unit()
                + switch (metric.good()) {
                    case UP -> ", higher is better)";
                    case DOWN -> ", lower is better)";
                    case NONE -> ")";
                };
    }

    private static String difference(@Nullable Estimate difference, boolean share, @Nullable MetricResource about) {
        if (difference == null) {
            return "-";
        }
        String text = text(difference, share, true);
        boolean clear = difference.low() > 0 || difference.high() < 0;
        if (!clear || about == null) {
            return text;
        }
        return switch (about.good()) {
            case UP -> difference.low() > 0 ? Paint.good(text + " *") : Paint.bad(text + " *");
            case DOWN -> difference.low() > 0 ? Paint.bad(text + " *") : Paint.good(text + " *");
            case NONE -> text + " *";
        };
    }

    /** Shares in percent, differences of shares in points. */
    private static String text(@Nullable Estimate estimate, boolean share, boolean signed) {
        if (estimate == null) {
            return "-";
        }
        String form = (signed ? "%+" : "%") + (share ? ".1f" : ".3f");
        DoubleFunction<String> number = value -> String.format(Locale.ROOT, form, share ? 100 * value : value);
        return Intervals.text(estimate.value(), estimate.low(), estimate.high(), number);
    }
}
