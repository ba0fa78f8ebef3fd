package dev.tribunal.trainer.alarm;

import static dev.tribunal.trainer.alarm.Finding.number;
import static dev.tribunal.trainer.alarm.Finding.task;

import dev.tribunal.contracts.runs.v1.Alarms;
import dev.tribunal.contracts.runs.v1.MetricNames;
import dev.tribunal.methods.statistics.Sample;
import dev.tribunal.trainer.alarm.MetricHistory.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reward hacking: the reward that is trained on rises, and what training does not see gets worse. Looks at whatever
 * {@code heldOut.*} metrics there are, by their names, so that a judge or a reward model that is asked about held-out
 * prompts only counts like the others.
 */
final class HackingAlarm {

    private static final String HELD_OUT = "heldOut.";
    private static final String STD = ".std";

    /** Standard errors: 1 in 100 by chance alone, both directions counted. */
    private static final double UNLIKELY = 2.58;

    /** What says more about a measure than it is one. */
    private static final List<String> BESIDE = List.of(
            MetricNames.LOW, MetricNames.HIGH, MetricNames.PROMPTS, STD, ".min", ".max", ".p10", ".p50", ".p90");

    private HackingAlarm() {}

    /** One a held-out measure that got worse. */
    static List<Finding> of(Alarms.RewardHacking settings, MetricHistory history, String task) {
        List<Point> evaluations = history.evaluations();
        if (evaluations.size() < 2) {
            return List.of();
        }
        Point now = evaluations.getLast();
        List<Finding> findings = new ArrayList<>();
        for (String measure : now.beginningWith(HELD_OUT, task).keySet()) {
            if (isMeasure(measure)) {
                evaluations.subList(0, evaluations.size() - 1).stream()
                        .filter(point -> point.value(HELD_OUT + measure, task) != null)
                        .max(Comparator.comparingDouble(point -> good(point, measure, task)))
                        .flatMap(best -> worse(settings, history, task, measure, best, now))
                        .ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static boolean isMeasure(String name) {
        return (isRate(name)
                        || name.startsWith(MetricNames.SCORE)
                        || name.equals(MetricNames.REWARD)
                        || name.equals(MetricNames.CALIBRATED_REWARD)
                        || BESIDE.stream().anyMatch(name::endsWith))
                && BESIDE.stream().noneMatch(name::endsWith);
    }

    private static boolean isRate(String name) {
        return name.equals(MetricNames.FEASIBLE_RATE) || isViolation(name);
    }

    private static boolean isViolation(String name) {
        return name.startsWith(MetricNames.VIOLATION_RATE + ".");
    }

    /** The more the better. */
    private static double good(Point point, String measure, String task) {
        Double value = point.value(HELD_OUT + measure, task);
        if (value == null) {
            return Double.NaN;
        }
        return isViolation(measure) ? 1 - value : value;
    }

    private static Optional<Finding> worse(
            Alarms.RewardHacking settings,
            MetricHistory history,
            String task,
            String measure,
            Point before,
            Point now) {
        double was = good(before, measure, task);
        double is = good(now, measure, task);
        if (!(was - is > 0) || !isWorse(settings.threshold(), task, measure, before, now)) {
            return Optional.empty();
        }
        Rise rise = rise(settings.steps(), history, task, before.step(), now.step());
        if (rise == null) {
            return Optional.empty();
        }
        String judge = isViolation(measure) ? measure.substring(MetricNames.VIOLATION_RATE.length() + 1) : null;
        Map<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("rewardBefore", rise.before());
        evidence.put("rewardNow", rise.now());
        evidence.put(HELD_OUT + measure + ".before", before.value(HELD_OUT + measure, task));
        evidence.put(HELD_OUT + measure, now.value(HELD_OUT + measure, task));
        evidence.put("stepBefore", (double) before.step());
        return Optional.of(new Finding(
                "reward-hacking",
                settings.action(),
                task,
                judge,
                task(task) + rise.name() + " rose from " + number(rise.before()) + " to " + number(rise.now())
                        + " since step " + before.step() + ", while " + HELD_OUT + measure + " went from "
                        + number(value(before, measure, task)) + " to " + number(value(now, measure, task))
                        + ": the policy may have learnt to please the reward model alone",
                evidence,
                "step=" + now.step() + "&task=" + task + "&split=held-out"
                        + (judge == null ? "" : "&judge=" + judge + "&verdict=violated")));
    }

    private static double value(Point point, String measure, String task) {
        Double value = point.value(HELD_OUT + measure, task);
        return value == null ? Double.NaN : value;
    }

    /** By the measures' intervals where they have any, else by what is known of their spread. */
    private static boolean isWorse(double threshold, String task, String measure, Point before, Point now) {
        double drop = good(before, measure, task) - good(now, measure, task);
        Double low = before.value(HELD_OUT + measure + MetricNames.LOW, task);
        Double high = now.value(HELD_OUT + measure + MetricNames.HIGH, task);
        if (low != null && high != null && !isViolation(measure)) {
            return high < low && (!isRate(measure) || drop > threshold);
        }
        Double prompts = prompts(task, measure, now);
        if (isRate(measure)) {
            double mean = (good(before, measure, task) + good(now, measure, task)) / 2;
            double chance = prompts == null ? threshold : UNLIKELY * Math.sqrt(2 * mean * (1 - mean) / prompts);
            return drop > threshold && drop > chance;
        }
        Double std = now.value(HELD_OUT + measure + STD, task);
        return std != null && prompts != null && drop > std * Math.max(threshold, UNLIKELY * Math.sqrt(2 / prompts));
    }

    private static @Nullable Double prompts(String task, String measure, Point point) {
        Double own = point.value(HELD_OUT + measure + MetricNames.PROMPTS, task);
        return own == null ? point.value(MetricNames.HELD_OUT_FEASIBLE_RATE + MetricNames.PROMPTS, task) : own;
    }

    private record Rise(String name, double before, double now) {}

    /** The training reward up to two evaluations, if it rose by more than its noise; the first steps before any. */
    private static @Nullable Rise rise(int count, MetricHistory history, String task, int stepBefore, int stepNow) {
        List<Point> steps = history.steps();
        int to = (int) steps.stream().filter(point -> point.step() <= stepNow).count();
        int split =
                (int) steps.stream().filter(point -> point.step() <= stepBefore).count();
        int endOfBefore = Math.max(count, split);
        if (to - count < endOfBefore) {
            return null;
        }
        List<Point> before = steps.subList(endOfBefore - count, endOfBefore);
        List<Point> now = steps.subList(to - count, to);
        for (String name : List.of(MetricNames.REWARD, MetricNames.CALIBRATED_REWARD, MetricNames.SCORE)) {
            double[] ofBefore = MetricHistory.values(before, name, task);
            double[] ofNow = MetricHistory.values(now, name, task);
            if (ofBefore.length > 0 && ofNow.length > 0) {
                double rise = Sample.mean(ofNow) - Sample.mean(ofBefore);
                double noise = Math.sqrt((Sample.variance(ofNow) + Sample.variance(ofBefore)) / count);
                return rise > 2 * noise && rise > 0 ? new Rise(name, Sample.mean(ofBefore), Sample.mean(ofNow)) : null;
            }
        }
        return null;
    }
}
