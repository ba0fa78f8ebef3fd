package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.metric.MetricNames;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task's figures of one step; what the step did not measure is absent.
 *
 * @param reward mean calibrated reward
 * @param feasibleRate share of the decided rollouts, 0 to 1
 * @param kl nats a sequence
 * @param undecidedRate share of the rollouts, 0 to 1
 */
record TaskFigures(
        String task,
        @Nullable Double reward,
        @Nullable Double feasibleRate,
        @Nullable Double kl,
        @Nullable Double undecidedRate) {

    /**
     * @param tasks in the order to show them
     * @param step an event of type {@code step}, whose data are {@code {tasks: {TASK: {METRIC: VALUE}}}}
     */
    static List<TaskFigures> of(List<String> tasks, RunEvent step) {
        return tasks.stream().map(task -> of(task, step.data().get("tasks"))).toList();
    }

    private static TaskFigures of(String task, @Nullable Object tasks) {
        Object metrics = tasks instanceof Map<?, ?> all ? all.get(task) : null;
        return new TaskFigures(
                task,
                value(metrics, MetricNames.CALIBRATED_REWARD),
                value(metrics, MetricNames.FEASIBLE_RATE),
                value(metrics, MetricNames.KL),
                value(metrics, MetricNames.UNDECIDED_RATE));
    }

    private static @Nullable Double value(@Nullable Object metrics, String name) {
        return metrics instanceof Map<?, ?> all && all.get(name) instanceof Number number ? number.doubleValue() : null;
    }
}
