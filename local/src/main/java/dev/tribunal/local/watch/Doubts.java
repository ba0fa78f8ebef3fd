package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import dev.tribunal.contracts.runs.v1.run.RunResource.Signal;
import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a person should know of a run that does not go as it should: whom it waits for, its alarms, steps in vain. */
public final class Doubts {

    private Doubts() {}

    static List<String> lines(RunResource run) {
        return lines(run.waitsFor(), run.alarms(), run.signal());
    }

    public static List<String> lines(List<Wait> waitsFor, List<Alarm> alarms, @Nullable Signal signal) {
        List<String> lines = new ArrayList<>();
        waitsFor.forEach(wait -> lines.add(waiting(wait)));
        alarms.forEach(
                alarm -> lines.add("alarm " + alarm.type() + " since step " + alarm.step() + ": " + alarm.message()));
        if (signal != null && signal.stepsWithoutUpdate() > 0) {
            lines.add("no update in " + signal.stepsWithoutUpdate() + " of " + signal.steps() + " steps");
        }
        return lines;
    }

    /** {@code waits for judge math-answer@1 for 0:12: has not judged 16 completions yet}. */
    static String waiting(Wait wait) {
        Duration since = Duration.between(wait.since(), Instant.now());
        return "waits for " + wait.kind() + " " + wait.name() + " for "
                + ProgressText.time(since.isNegative() ? Duration.ZERO : since) + ": " + wait.message();
    }

    /** A few words for a list; empty if there is nothing to say. */
    public static String inShort(RunResource run) {
        List<String> words = new ArrayList<>();
        run.alarms().stream().map(Alarm::type).distinct().forEach(words::add);
        Signal signal = run.signal();
        if (signal != null && signal.stepsWithoutUpdate() > 0) {
            words.add("no update in " + signal.stepsWithoutUpdate());
        }
        run.waitsFor().stream()
                .filter(wait -> !wait.kind().equals("queue"))
                .map(wait -> "waits for " + wait.name())
                .forEach(words::add);
        return String.join(", ", words);
    }
}
