package dev.tribunal.local.cli.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.tribunal.contracts.runs.v1.run.Artifact;
import dev.tribunal.contracts.runs.v1.run.CheckpointResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunResource.Alarm;
import dev.tribunal.contracts.runs.v1.run.RunResource.Parent;
import dev.tribunal.contracts.runs.v1.run.RunResource.Signal;
import dev.tribunal.contracts.runs.v1.run.RunResource.Wait;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Paint;
import dev.tribunal.local.cli.shared.ExitCode;
import dev.tribunal.local.watch.BeforeAfter;
import dev.tribunal.local.watch.Doubts;
import dev.tribunal.servicekit.input.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a run stands or ended, and what it did to each task on prompts that were never trained on.
 *
 * @param artifacts what the finished stages of a run of several left
 * @param parent the run that it was forked from; absent if it was not
 * @param checkpoint the newest checkpoint's directory; absent if there is none yet
 */
public record RunReport(
        String runId,
        String name,
        RunState state,
        @Nullable String terminalReason,
        int step,
        int steps,
        List<BeforeAfter> tasks,
        List<Artifact> artifacts,
        @Nullable Parent parent,
        @Nullable String checkpoint,
        List<Wait> waitsFor,
        List<Alarm> alarms,
        @Nullable Signal signal) {

    public static RunReport of(RunResource run, RunsApi runs) {
        List<CheckpointResource> checkpoints = runs.checkpoints(run.id()).data();
        return new RunReport(
                run.id(),
                run.name(),
                run.state(),
                run.terminalReason(),
                run.step(),
                run.steps(),
                BeforeAfter.of(run, runs),
                run.artifacts(),
                run.parent(),
                checkpoints.isEmpty() ? null : checkpoints.getLast().path(),
                run.waitsFor(),
                run.alarms(),
                run.signal());
    }

    @JsonIgnore
    public int exitCode() {
        return exitCode(state, alarms, signal);
    }

    /** A run that ended in any other way than well is a failure. */
    static int exitCode(RunResource run) {
        return exitCode(run.state(), run.alarms(), run.signal());
    }

    private static int exitCode(RunState state, List<Alarm> alarms, @Nullable Signal signal) {
        if (state != RunState.SUCCEEDED) {
            return ExitCode.FAILURE;
        }
        boolean idle = signal != null && signal.stepsWithoutUpdate() > 0;
        return idle || !alarms.isEmpty() ? ExitCode.DOUBTFUL : ExitCode.SUCCESS;
    }

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(runId + "  " + name + "  " + Paint.state(Words.of(state)) + " at step " + step + "/" + steps
                + (terminalReason == null ? "" : ": " + terminalReason));
        lines.addAll(Doubts.lines(waitsFor, alarms, signal));
        if (parent != null) {
            lines.add(
                    "forked from the " + Words.of(parent.kind()) + " of " + parent.run() + " at step " + parent.step());
        }
        if (tasks.stream().anyMatch(RunReport::isMeasured)) {
            lines.add("Held-out prompts, before and after:");
            lines.addAll(BeforeAfter.table(tasks));
            BeforeAfter.sentence(tasks).ifPresent(lines::add);
        }
        for (Artifact artifact : artifacts) {
            lines.add("stage " + artifact.stage() + ": " + Words.of(artifact.kind()) + " " + artifact.reference()
                    + "  sha256 " + artifact.digest());
            if (!artifact.metrics().isEmpty()) {
                lines.add("  " + metrics(artifact));
            }
        }
        if (checkpoint != null) {
            lines.add("checkpoint: " + checkpoint);
        }
        return lines;
    }

    private static boolean isMeasured(BeforeAfter task) {
        return task.feasibleRate().before() != null || task.calibratedReward().before() != null;
    }

    private static String metrics(Artifact artifact) {
        return artifact.metrics().entrySet().stream()
                .map(metric -> metric.getKey() + " "
                        + String.format(Locale.ROOT, "%.5g", metric.getValue())
                                .replaceFirst("(\\.\\d*?)0+$", "$1")
                                .replaceFirst("\\.$", ""))
                .collect(Collectors.joining(", "));
    }
}
