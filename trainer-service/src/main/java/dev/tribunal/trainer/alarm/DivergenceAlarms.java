package dev.tribunal.trainer.alarm;

import static dev.tribunal.trainer.alarm.Finding.number;
import static dev.tribunal.trainer.alarm.Finding.task;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.trainer.alarm.MetricHistory.Point;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether training runs away from where it started, though every number is finite. */
final class DivergenceAlarms {

    /** Steps that make a usual gradient. */
    private static final int FEWEST_STEPS = 10;

    /** Nats a token at which the reference would hardly ever have written a token: one in seven, each time. */
    private static final double GARBAGE = 2;

    private DivergenceAlarms() {}

    static Optional<Finding> klHigh(Alarms.KlHigh settings, MetricHistory history, String task) {
        List<Point> latest = history.latest(settings.steps());
        Double kl = MetricHistory.mean(latest, MetricNames.KL, task);
        Double tokens = MetricHistory.mean(latest, MetricNames.COMPLETION_TOKENS, task);
        if (kl == null || tokens == null || tokens == 0 || kl / tokens <= settings.threshold()) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "kl-high",
                settings.action(),
                task,
                null,
                task(task) + "the policy is " + number(kl / tokens) + " nats a token from its reference in the last "
                        + settings.steps() + " steps, which is above " + number(settings.threshold())
                        + "; lower training.learningRate, or hold it nearer by the method's klMax or beta",
                Map.of(
                        MetricNames.KL,
                        kl,
                        MetricNames.COMPLETION_TOKENS,
                        tokens,
                        "klPerToken",
                        kl / tokens,
                        "threshold",
                        settings.threshold()),
                SignalAlarms.episodes(history, task)));
    }

    static Optional<Finding> blowUp(Alarms.BlowUp settings, MetricHistory history, String task) {
        List<Point> latest = history.latest(settings.steps());
        double[] kl = MetricHistory.values(latest, MetricNames.KL, task);
        double[] tokens = MetricHistory.values(latest, MetricNames.COMPLETION_TOKENS, task);
        if (kl.length == 0 || tokens.length == 0) {
            return Optional.empty();
        }
        for (int i = 0; i < kl.length; i++) {
            if (kl[i] <= settings.threshold() || kl[i] <= GARBAGE * tokens[i]) {
                return Optional.empty();
            }
        }
        double now = kl[kl.length - 1];
        double length = tokens[kl.length - 1];
        return Optional.of(new Finding(
                "blow-up",
                settings.action(),
                task,
                null,
                task(task) + "the policy has blown up, though all numbers are finite: its completions of the last "
                        + settings.steps() + " steps are " + number(now) + " nats from the reference, "
                        + number(now / length) + " a token, which the reference would hardly ever write; go on from an"
                        + " earlier checkpoint with a lower training.learningRate",
                Map.of(
                        MetricNames.KL,
                        now,
                        MetricNames.COMPLETION_TOKENS,
                        length,
                        "klPerToken",
                        now / length,
                        "threshold",
                        settings.threshold()),
                SignalAlarms.episodes(history, task)));
    }

    static Optional<Finding> gradientExplosion(Alarms.GradientExplosion settings, MetricHistory history) {
        int count = settings.steps();
        int before = history.steps().size() - count;
        if (before < FEWEST_STEPS) {
            return Optional.empty();
        }
        double[] earlier = Arrays.stream(
                        MetricHistory.values(history.steps().subList(0, before), MetricNames.GRADIENT_NORM, null))
                .filter(norm -> norm > 0) // without an update there is none
                .sorted()
                .toArray();
        double[] norms = MetricHistory.values(history.latest(count), MetricNames.GRADIENT_NORM, null);
        if (earlier.length < FEWEST_STEPS || norms.length == 0) {
            return Optional.empty();
        }
        double usual = earlier[earlier.length / 2];
        if (Arrays.stream(norms).anyMatch(norm -> norm <= settings.threshold() * usual)) {
            return Optional.empty();
        }
        double now = norms[norms.length - 1];
        return Optional.of(new Finding(
                "gradient-explosion",
                settings.action(),
                null,
                null,
                "the gradient's norm is " + number(now) + ", and usually was " + number(usual) + ": more than "
                        + number(settings.threshold()) + " times as much in the last " + count
                        + " steps; lower training.learningRate or training.gradientClip",
                Map.of("usual", usual, MetricNames.GRADIENT_NORM, now, "threshold", settings.threshold()),
                "step=" + history.step()));
    }
}
