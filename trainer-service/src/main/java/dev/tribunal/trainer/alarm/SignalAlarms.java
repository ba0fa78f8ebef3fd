package dev.tribunal.trainer.alarm;

import static dev.tribunal.trainer.alarm.Finding.percent;
import static dev.tribunal.trainer.alarm.Finding.task;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.trainer.alarm.MetricHistory.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Whether a task teaches anything, and which judge is in the way. */
final class SignalAlarms {

    private SignalAlarms() {}

    static Optional<Finding> noSignal(Alarms.NoSignal settings, MetricHistory history, String task) {
        List<Point> latest = history.latest(settings.steps());
        double[] kept = MetricHistory.values(latest, MetricNames.GROUPS_KEPT, task);
        if (kept.length == 0 || Arrays.stream(kept).anyMatch(groups -> groups > 0)) {
            return Optional.empty();
        }
        Map<String, Double> left = new TreeMap<>();
        for (Point point : latest) {
            point.beginningWith(MetricNames.GROUPS_LEFT + ".", task)
                    .forEach((reason, groups) -> left.merge(reason, groups, Double::sum));
        }
        Map<String, Double> evidence = new TreeMap<>(left);
        double groups = Arrays.stream(MetricHistory.values(latest, MetricNames.GROUPS_SAMPLED, task))
                .sum();
        evidence.put("groups", groups);
        evidence.put("steps", (double) settings.steps());
        String reason = left.entrySet().stream()
                .max(Map.Entry.<String, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .filter(most -> most.getValue() > 0)
                .map(Map.Entry::getKey)
                .orElse("alike");
        String judge = judge(reason, latest, task);
        String why = groups == 0
                ? "nothing was sampled"
                : Math.round(left.getOrDefault(reason, 0.0)) + " of " + Math.round(groups) + " groups "
                        + because(reason, judge);
        return Optional.of(new Finding(
                "no-signal",
                settings.action(),
                task,
                judge,
                task(task) + "no group taught anything in the last " + steps(settings.steps()) + ": " + why,
                evidence,
                episodes(history, task, judge, reason)));
    }

    private static String steps(int steps) {
        return steps == 1 ? "step" : steps + " steps";
    }

    private static @Nullable String judge(String reason, List<Point> latest, String task) {
        return switch (reason) {
            case "infeasible" -> MetricHistory.highest(latest, MetricNames.VIOLATION_RATE + ".", task);
            case "undecided" -> MetricHistory.highest(latest, MetricNames.UNDECIDED_VERDICT_RATE + ".", task);
            default -> null;
        };
    }

    private static String because(String reason, @Nullable String judge) {
        return switch (reason) {
            case "infeasible" ->
                "have no completion that satisfies every constraint"
                        + (judge == null ? "" : ", and '" + judge + "' finds most of them violated");
            case "undecided" ->
                "lost too many completions to undecided verdicts"
                        + (judge == null ? "" : ", most of them by '" + judge + "'");
            case "unscored" -> "have too few completions that a reward model could score";
            case "truncated" -> "lost too many completions to policy.maxNewTokens, since overlong is mask";
            default -> "have rewards that are all the same";
        };
    }

    private static String episodes(MetricHistory history, String task, @Nullable String judge, String reason) {
        return episodes(history, task)
                + (judge == null ? "" : "&judge=" + judge)
                + switch (reason) {
                    case "infeasible" -> "&verdict=violated";
                    case "undecided" -> "&verdict=undecided";
                    default -> "";
                };
    }

    static String episodes(MetricHistory history, String task) {
        return "step=" + history.step() + "&task=" + task;
    }

    static Optional<Finding> feasibleRateLow(Alarms.FeasibleRateLow settings, MetricHistory history, String task) {
        List<Point> latest = history.latest(settings.steps());
        Double rate = MetricHistory.mean(latest, MetricNames.FEASIBLE_RATE, task);
        if (rate == null || rate > settings.threshold()) {
            return Optional.empty();
        }
        String judge = MetricHistory.highest(latest, MetricNames.VIOLATION_RATE + ".", task);
        return Optional.of(new Finding(
                "feasible-rate-low",
                settings.action(),
                task,
                judge,
                task(task) + percent(rate) + " of the completions of the last " + steps(settings.steps())
                        + " satisfy every constraint, which is not above " + percent(settings.threshold())
                        + (judge == null ? "" : "; most are violated by '" + judge + "'"),
                Map.of(MetricNames.FEASIBLE_RATE, rate, "threshold", settings.threshold()),
                episodes(history, task, judge, "infeasible")));
    }

    /** One a judge. */
    static List<Finding> judgeNeverSatisfied(Alarms.JudgeNeverSatisfied settings, MetricHistory history, String task) {
        List<Finding> findings = new ArrayList<>();
        List<Point> latest = history.latest(settings.steps());
        if (latest.isEmpty()) {
            return findings;
        }
        String prefix = MetricNames.VIOLATION_RATE + ".";
        for (String judge : latest.getLast().beginningWith(prefix, task).keySet()) {
            double[] rates = MetricHistory.values(latest, prefix + judge, task);
            if (rates.length > 0 && Arrays.stream(rates).allMatch(rate -> rate >= 1)) {
                findings.add(new Finding(
                        "judge-never-satisfied",
                        settings.action(),
                        task,
                        judge,
                        task(task) + "'" + judge + "' found every completion violated in the last "
                                + steps(settings.steps())
                                + "; look at its reasons, and at its parameters and the prompts' references",
                        Map.of("violationRate", 1.0, "steps", (double) settings.steps()),
                        episodes(history, task, judge, "infeasible")));
            }
        }
        return findings;
    }

    static Optional<Finding> undecidedHigh(Alarms.UndecidedHigh settings, MetricHistory history, String task) {
        List<Point> latest = history.latest(settings.steps());
        Double rate = MetricHistory.mean(latest, MetricNames.UNDECIDED_RATE, task);
        if (rate == null || rate <= settings.threshold()) {
            return Optional.empty();
        }
        String judge = MetricHistory.highest(latest, MetricNames.UNDECIDED_VERDICT_RATE + ".", task);
        return Optional.of(new Finding(
                "undecided-high",
                settings.action(),
                task,
                judge,
                task(task) + percent(rate) + " of the completions of the last " + steps(settings.steps())
                        + " have an undecided verdict and left the batch, which is above "
                        + percent(settings.threshold())
                        + (judge == null ? "" : "; most by '" + Objects.requireNonNull(judge) + "'"),
                Map.of(MetricNames.UNDECIDED_RATE, rate, "threshold", settings.threshold()),
                episodes(history, task, judge, "undecided")));
    }
}
