package dev.tribunal.local.cli.rewardmodel;

import dev.tribunal.contracts.reward.v1.RewardEvaluation;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.contracts.reward.v1.RewardModelResource.CurvePoint;
import dev.tribunal.local.cli.screen.Details;
import dev.tribunal.local.cli.screen.TextTable;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is said of one reward model. */
final class RewardModelReports {

    /** Of a curve, as a person reads it. */
    private static final int MOST_POINTS = 20;

    private RewardModelReports() {}

    static String name(RewardModelResource model) {
        return model.name() + "@" + model.version();
    }

    /** How often it is right, with the number of pairs; "-" if nothing was measured. */
    static String accuracy(RewardModelResource model, String of, String pairs) {
        @Nullable Double share = model.metrics().get(of);
        return share == null
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.0f %% of %.0f%s",
                        100 * share,
                        model.metrics().getOrDefault(pairs, 0.0),
                        interval(
                                model.metrics().get(of + ".low"),
                                model.metrics().get(of + ".high")));
    }

    private static String interval(@Nullable Double low, @Nullable Double high) {
        return low == null || high == null
                ? ""
                : String.format(Locale.ROOT, " (%.0f to %.0f %%)", 100 * low, 100 * high);
    }

    /** Its state, and what makes it doubtful. */
    static List<String> outcome(RewardModelResource model) {
        List<String> lines = new ArrayList<>();
        lines.add(name(model) + " is " + Words.of(model.state())
                + (model.failure() == null ? "" : ": " + model.failure()));
        if (model.metrics().containsKey("validationAccuracy")) {
            lines.add("  right on held-out pairs  " + accuracy(model, "validationAccuracy", "validationPairs"));
        }
        if (model.metrics().containsKey("trainedAccuracy")) {
            lines.add("  right on its own pairs   " + accuracy(model, "trainedAccuracy", "trainedPairs"));
        }
        for (Condition condition : model.conditions()) {
            lines.add("  warning: " + condition.type() + ": " + condition.message());
        }
        return lines;
    }

    static List<String> whole(RewardModelResource model) {
        List<String> lines = outcome(model);
        if (model.state() == RewardModelResource.State.PREPARING) {
            lines.add("  prepared  " + Math.round(100 * model.progress()) + " %");
        }
        Details.add(lines, "digest", model.digest());
        Details.add(lines, "path", model.path());
        Details.add(lines, "created", model.createdAt().toString());
        for (Map.Entry<String, Double> metric : new TreeMap<>(model.metrics()).entrySet()) {
            lines.add("  " + metric.getKey() + " " + number(metric.getValue()));
        }
        for (RewardModelResource.Head head : model.heads()) {
            lines.add("  head " + head.name()
                    + (head.classes().isEmpty() ? ": mean and deviation" : ": " + classes(head)));
        }
        lines.addAll(curve(model));
        return lines;
    }

    private static String classes(RewardModelResource.Head head) {
        return head.classes().stream()
                .map(each -> String.format(Locale.ROOT, "%s %.3f (%.3f)", each.label(), each.mean(), each.std()))
                .collect(Collectors.joining(", "));
    }

    /** The whole of a short curve; of a long one points at equal distances, and the last. */
    private static List<String> curve(RewardModelResource model) {
        List<CurvePoint> points = model.curve();
        if (points.isEmpty()) {
            return List.of();
        }
        TextTable table =
                new TextTable("STEP", "EPOCH", "LEARNING RATE", "LOSS", "RIGHT", "HELD-OUT LOSS", "RIGHT ON HELD-OUT");
        int every = Math.ceilDiv(points.size(), MOST_POINTS);
        for (int i = 0; i < points.size(); i++) {
            if ((points.size() - 1 - i) % every == 0) {
                CurvePoint point = points.get(i);
                table.add(
                        Integer.toString(point.step()),
                        Integer.toString(point.epoch()),
                        number(point.learningRate()),
                        number(point.trainingLoss()),
                        share(point.trainingAccuracy()),
                        point.validationLoss() == null ? "-" : number(point.validationLoss()),
                        share(point.validationAccuracy()));
            }
        }
        return table.lines();
    }

    private static String share(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** How often it was right, by subset, and how far its probabilities can be believed. */
    static List<String> evaluation(RewardEvaluation evaluation) {
        List<String> lines = new ArrayList<>();
        String what = evaluation.name() + "@" + evaluation.version() + " on " + evaluation.data();
        RewardEvaluation.Report report = evaluation.report();
        if (report == null) {
            lines.add(what + ": " + Words.of(evaluation.state())
                    + (evaluation.failure() == null ? "" : ": " + evaluation.failure()));
            return lines;
        }
        lines.add(what);
        TextTable table = new TextTable("SUBSET", "RIGHT", "FROM", "TO", "PAIRS");
        report.subsets().stream()
                .filter(subset -> subset.subset() != null)
                .forEach(subset -> row(table, String.valueOf(subset.subset()), subset));
        row(table, "all", report.all());
        lines.addAll(table.lines());
        if (report.subsets().size() > 1) {
            lines.add("mean of the subsets " + share(report.meanOfSubsets()));
        }
        lines.add(String.format(
                Locale.ROOT, "calibration error %.3f, Brier score %.3f (a coin: 0.250)", report.ece(), report.brier()));
        if (report.longerPreferred() != null) {
            lines.add("prefers the longer completion in " + share(report.longerPreferred())
                    + " of pairs; it is the chosen" + " one in " + share(report.longerChosen()));
        }
        if (report.lengthCorrelation() != null) {
            lines.add(String.format(Locale.ROOT, "correlation of score and length %.2f", report.lengthCorrelation()));
        }
        if (report.unscored() > 0) {
            lines.add(report.unscored() + " pairs were left out, for a completion had no score");
        }
        return lines;
    }

    private static void row(TextTable table, String name, RewardEvaluation.Accuracy accuracy) {
        table.add(
                name,
                share(accuracy.value()),
                share(accuracy.low()),
                share(accuracy.high()),
                Integer.toString(accuracy.pairs()));
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.4g", value);
    }
}
