package dev.tribunal.trainer.alarm;

import static dev.tribunal.trainer.alarm.Finding.number;
import static dev.tribunal.trainer.alarm.Finding.task;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
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
 * Reward hacking: the reward that is trained on rises, and what is measured on held-out prompts gets worse: feasibility,
 * a judge's verdicts or a reward model's scores, of those that train the task and of those that training does not see.
 */
final class HackingAlarm {

    private static final String HELD_OUT = "heldOut.";

    /** Beginnings of the names of a judge's share of violations. */
    private static final List<String> VIOLATIONS =
            List.of(MetricNames.HELD_OUT_VIOLATION_RATE + ".", MetricNames.HELD_OUT_JUDGE + ".");

    /** Names of what is the better the higher it is, alone or with a reward model's name behind. */
    private static final List<String> REWARDS = List.of(
            MetricNames.HELD_OUT_SCORE,
            MetricNames.HELD_OUT_REWARD,
            MetricNames.HELD_OUT_CALIBRATED_REWARD,
            MetricNames.HELD_OUT_REWARD_MODEL);

    /** What says how sure a measure is. */
    private static final List<String> BESIDE = List.of(MetricNames.LOW, MetricNames.HIGH, MetricNames.PROMPTS);

    /** Of fewer, a bootstrap's intervals are too narrow: of one prompt they have no width at all. */
    private static final int LEAST_PROMPTS = 10;

    private HackingAlarm() {}

    /** One a held-out measure that got worse. */
    static List<Finding> of(Alarms.RewardHacking settings, MetricHistory history, String task) {
        List<Point> evaluations = history.evaluations();
        if (evaluations.size() < 2) {
            return List.of();
        }
        Point now = evaluations.getLast();
        List<Finding> findings = new ArrayList<>();
        for (String suffix : now.beginningWith(HELD_OUT, task).keySet()) {
            String measure = HELD_OUT + suffix;
            if (isMeasure(measure)) {
                evaluations.subList(0, evaluations.size() - 1).stream()
                        .filter(point -> point.value(measure, task) != null)
                        .max(Comparator.comparingDouble(point -> good(point, measure, task)))
                        .flatMap(best -> worse(settings, history, task, measure, best, now))
                        .ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static boolean isMeasure(String name) {
        return (isRate(name)
                        || REWARDS.stream().anyMatch(reward -> name.equals(reward) || name.startsWith(reward + ".")))
                && BESIDE.stream().noneMatch(name::endsWith);
    }

    private static boolean isRate(String name) {
        return name.equals(MetricNames.HELD_OUT_FEASIBLE_RATE) || isViolation(name);
    }

    private static boolean isViolation(String name) {
        return VIOLATIONS.stream().anyMatch(name::startsWith);
    }

    /** The more the better. */
    private static double good(Point point, String measure, String task) {
        double value = value(point, measure, task);
        return isViolation(measure) ? 1 - value : value;
    }

    private static Optional<Finding> worse(
            Alarms.RewardHacking settings,
            MetricHistory history,
            String task,
            String measure,
            Point before,
            Point now) {
        if (!isWorse(settings.threshold(), task, measure, before, now)) {
            return Optional.empty();
        }
        Rise rise = rise(settings.steps(), history, task, before.step(), now.step());
        if (rise == null) {
            return Optional.empty();
        }
        String judge = judge(measure);
        Map<String, Double> evidence = new LinkedHashMap<>();
        evidence.put("rewardBefore", rise.before());
        evidence.put("rewardNow", rise.now());
        evidence.put(measure + ".before", value(before, measure, task));
        evidence.put(measure, value(now, measure, task));
        evidence.put("stepBefore", (double) before.step());
        return Optional.of(new Finding(
                "reward-hacking",
                settings.action(),
                task,
                judge,
                task(task) + rise.name() + " rose from " + number(rise.before()) + " to " + number(rise.now())
                        + " since step " + before.step() + ", while " + measure + " went from "
                        + number(value(before, measure, task)) + " to " + number(value(now, measure, task))
                        + ": the policy may have learnt to please the reward model alone",
                evidence,
                "step=" + now.step() + "&task=" + task + "&split=held-out"
                        + (judge == null ? "" : "&judge=" + judge + "&verdict=violated")));
    }

    private static @Nullable String judge(String measure) {
        return VIOLATIONS.stream()
                .filter(measure::startsWith)
                .findFirst()
                .map(beginning -> measure.substring(beginning.length()))
                .orElse(null);
    }

    private static double value(Point point, String measure, String task) {
        Double value = point.value(measure, task);
        return value == null ? Double.NaN : value;
    }

    /** Whether the intervals do not overlap. */
    private static boolean isWorse(double threshold, String task, String measure, Point before, Point now) {
        double apart = isViolation(measure)
                ? value(now, measure + MetricNames.LOW, task) - value(before, measure + MetricNames.HIGH, task)
                : value(before, measure + MetricNames.LOW, task) - value(now, measure + MetricNames.HIGH, task);
        double drop = good(before, measure, task) - good(now, measure, task);
        double prompts = Math.min(
                value(before, measure + MetricNames.PROMPTS, task), value(now, measure + MetricNames.PROMPTS, task));
        return apart > 0 && prompts >= LEAST_PROMPTS && (!isRate(measure) || drop > threshold);
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
