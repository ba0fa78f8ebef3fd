package dev.tribunal.trainer.alarm;

import static dev.tribunal.trainer.alarm.Finding.number;
import static dev.tribunal.trainer.alarm.Finding.percent;
import static dev.tribunal.trainer.alarm.Finding.task;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.trainer.alarm.MetricHistory.Point;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether what the policy writes is still a completion: it ends, says something, and is of a length that it had. */
final class CompletionAlarms {

    private CompletionAlarms() {}

    static Optional<Finding> truncatedHigh(Alarms.TruncatedHigh settings, MetricHistory history, String task) {
        Double rate = MetricHistory.mean(history.latest(settings.steps()), MetricNames.TRUNCATED_RATE, task);
        if (rate == null || rate <= settings.threshold()) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "truncated-high",
                settings.action(),
                task,
                null,
                task(task) + percent(rate) + " of the completions of the last " + settings.steps()
                        + " steps were cut off, which is above " + percent(settings.threshold())
                        + "; raise policy.maxNewTokens, or see whether the policy ever writes its end token",
                Map.of(MetricNames.TRUNCATED_RATE, rate, "threshold", settings.threshold()),
                SignalAlarms.episodes(history, task)));
    }

    static Optional<Finding> emptyCompletions(Alarms.EmptyCompletions settings, MetricHistory history, String task) {
        Double rate = MetricHistory.mean(history.latest(settings.steps()), MetricNames.EMPTY_RATE, task);
        if (rate == null || rate <= settings.threshold()) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "empty-completions",
                settings.action(),
                task,
                null,
                task(task) + percent(rate) + " of the completions of the last " + settings.steps()
                        + " steps are blank, which is above " + percent(settings.threshold())
                        + "; a judge or a reward model rewards saying nothing, or the chat template is not the policy's",
                Map.of(MetricNames.EMPTY_RATE, rate, "threshold", settings.threshold()),
                SignalAlarms.episodes(history, task)));
    }

    static Optional<Finding> lengthRunaway(Alarms.LengthRunaway settings, MetricHistory history, String task) {
        int count = settings.steps();
        if (history.steps().size() < 2 * count) {
            return Optional.empty();
        }
        Double first = MetricHistory.mean(history.steps().subList(0, count), MetricNames.COMPLETION_TOKENS, task);
        Double now = MetricHistory.mean(history.latest(count), MetricNames.COMPLETION_TOKENS, task);
        if (first == null || now == null || first == 0 || now <= settings.threshold() * first) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "length-runaway",
                settings.action(),
                task,
                null,
                task(task) + "completions have " + number(now) + " tokens, and had " + number(first)
                        + " in the stage's first " + count + " steps: more than " + number(settings.threshold())
                        + " times as many; see whether length alone is rewarded",
                Map.of("first", first, MetricNames.COMPLETION_TOKENS, now, "threshold", settings.threshold()),
                SignalAlarms.episodes(history, task)));
    }

    static Optional<Finding> entropyCollapse(Alarms.EntropyCollapse settings, MetricHistory history, String task) {
        int count = settings.steps();
        if (history.steps().size() < 2 * count) {
            return Optional.empty();
        }
        List<Point> beginning = history.steps().subList(0, count);
        Double first = MetricHistory.mean(beginning, MetricNames.ENTROPY, task);
        Double now = MetricHistory.mean(history.latest(count), MetricNames.ENTROPY, task);
        if (first == null || now == null || now >= settings.threshold() * first) {
            return Optional.empty();
        }
        return Optional.of(new Finding(
                "entropy-collapse",
                settings.action(),
                task,
                null,
                task(task) + "the entropy is " + number(now) + " nats a token, and was " + number(first)
                        + " in the stage's first " + count + " steps: less than " + percent(settings.threshold())
                        + " of it; the policy writes nearly the same completion again and again",
                Map.of("first", first, MetricNames.ENTROPY, now, "threshold", settings.threshold()),
                SignalAlarms.episodes(history, task)));
    }
}
