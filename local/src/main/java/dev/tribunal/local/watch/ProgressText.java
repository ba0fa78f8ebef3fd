package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run's progress as text. */
final class ProgressText {

    private static final int BAR_WIDTH = 30;
    private static final int MAX_NAME = 24;

    private ProgressText() {}

    /** A bar for the run and a line for each task. */
    static List<String> block(RunProgress progress) {
        RunResource run = progress.run();
        List<String> lines = new ArrayList<>();
        lines.add(run.id() + "  " + run.name() + "  " + state(run));
        lines.add(bar(progress.step(), run.steps()) + "  step " + progress.step() + "/" + run.steps() + "  "
                + time(progress.elapsed())
                + (progress.left() == null ? "" : ", about " + time(progress.left()) + " left"));
        lines.addAll(Doubts.lines(run));
        if (!progress.figures().isEmpty()) {
            int width =
                    nameWidth(progress.figures().stream().map(TaskFigures::task).toList());
            String row = "  %-" + width + "s  %8s  %8s  %7s  %9s";
            lines.add(String.format(row, "task", "reward", "feasible", "kl", "undecided"));
            for (TaskFigures task : progress.figures()) {
                lines.add(String.format(
                        row,
                        cut(task.task(), width),
                        signed(task.reward()),
                        percent(task.feasibleRate()),
                        plain(task.kl()),
                        percent(task.undecidedRate())));
            }
        }
        return lines;
    }

    /** All of a step in one line. */
    static String line(RunProgress progress) {
        RunResource run = progress.run();
        return "step " + progress.step() + "/" + run.steps() + "  " + time(progress.elapsed())
                + progress.figures().stream()
                        .map(task -> " | " + task.task() + ": reward " + signed(task.reward())
                                + ", feasible " + percent(task.feasibleRate())
                                + ", kl " + plain(task.kl())
                                + ", undecided " + percent(task.undecidedRate()))
                        .collect(Collectors.joining())
                + (run.alarms().isEmpty()
                        ? ""
                        : " | alarms: "
                                + run.alarms().stream()
                                        .map(RunResource.Alarm::type)
                                        .distinct()
                                        .collect(Collectors.joining(", ")));
    }

    private static String state(RunResource run) {
        String state = run.state().name().toLowerCase(Locale.ROOT);
        boolean working = run.state() == RunState.RUNNING || run.state() == RunState.VALIDATING;
        if (working && run.phase() != null) {
            return state + ": " + run.phase();
        }
        return run.terminalReason() == null ? state : state + ": " + run.terminalReason();
    }

    static String bar(int step, int steps) {
        int filled = steps == 0 ? 0 : (int) ((long) BAR_WIDTH * step / steps);
        return "[" + "=".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "]";
    }

    static int nameWidth(List<String> names) {
        return Math.clamp(names.stream().mapToInt(String::length).max().orElse(0), 4, MAX_NAME);
    }

    static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 1) + "~";
    }

    static String time(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 3600
                ? String.format("%d:%02d", seconds / 60, seconds % 60)
                : String.format("%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    static String signed(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%+.3f", value);
    }

    static String plain(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    static String percent(@Nullable Double rate) {
        return rate == null ? "-" : Math.round(100 * rate) + " %";
    }
}
