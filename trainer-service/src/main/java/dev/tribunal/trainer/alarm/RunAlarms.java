package dev.tribunal.trainer.alarm;

import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.contracts.runs.v1.spec.Alarms.Action;
import java.util.ArrayList;
import java.util.List;

/** All alarms over a stage's metrics. */
public final class RunAlarms {

    private RunAlarms() {}

    /**
     * What there is reason for after the latest commit.
     *
     * @param tasks that are to learn: one of weight 0 is not
     */
    public static List<Finding> of(Alarms settings, MetricHistory history, List<String> tasks) {
        List<Finding> all = new ArrayList<>();
        for (String task : tasks) {
            SignalAlarms.noSignal(settings.noSignal(), history, task).ifPresent(all::add);
            SignalAlarms.feasibleRateLow(settings.feasibleRateLow(), history, task)
                    .ifPresent(all::add);
            all.addAll(SignalAlarms.judgeNeverSatisfied(settings.judgeNeverSatisfied(), history, task));
            SignalAlarms.undecidedHigh(settings.undecidedHigh(), history, task).ifPresent(all::add);
            CompletionAlarms.truncatedHigh(settings.truncatedHigh(), history, task)
                    .ifPresent(all::add);
            CompletionAlarms.emptyCompletions(settings.emptyCompletions(), history, task)
                    .ifPresent(all::add);
            CompletionAlarms.lengthRunaway(settings.lengthRunaway(), history, task)
                    .ifPresent(all::add);
            CompletionAlarms.entropyCollapse(settings.entropyCollapse(), history, task)
                    .ifPresent(all::add);
            all.addAll(HackingAlarm.of(settings.rewardHacking(), history, task));
            DivergenceAlarms.klHigh(settings.klHigh(), history, task).ifPresent(all::add);
            DivergenceAlarms.blowUp(settings.blowUp(), history, task).ifPresent(all::add);
        }
        DivergenceAlarms.gradientExplosion(settings.gradientExplosion(), history)
                .ifPresent(all::add);
        return all.stream().filter(finding -> finding.action() != Action.IGNORE).toList();
    }
}
