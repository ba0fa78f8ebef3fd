package dev.tribunal.trainer.alarm;

import dev.tribunal.contracts.runs.v1.spec.Alarms.Action;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reason for an alarm at the latest step.
 *
 * @param type a stable word, as the API has it
 * @param action what the spec says is to follow
 * @param task absent where it is of all of them
 * @param judge the name of the one that is the cause; absent where none is
 * @param message for people
 * @param evidence the numbers, by name
 * @param episodes query for samples; absent where none help
 */
public record Finding(
        String type,
        Action action,
        @Nullable String task,
        @Nullable String judge,
        String message,
        Map<String, Double> evidence,
        @Nullable String episodes) {

    public Finding {
        evidence = Map.copyOf(evidence);
    }

    /** Whether an alarm of these is the same, with newer numbers. */
    public boolean isOf(String otherType, @Nullable String otherTask, @Nullable String otherJudge) {
        return type.equals(otherType) && Objects.equals(task, otherTask) && Objects.equals(judge, otherJudge);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.3g %%", 100 * share);
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }

    static String task(String task) {
        return "task '" + task + "': ";
    }
}
