package dev.tribunal.local.watch;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRequest;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns;
import dev.tribunal.contracts.runs.v1.comparison.ComparisonRuns.ArmRun;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunState;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.servicekit.error.UpstreamException;
import dev.tribunal.servicekit.input.Words;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows the runs of a comparison to their ends. */
public final class ComparisonWatcher {

    private final RunsApi runs;
    private final PrintStream out;
    private final @Nullable RedrawnBlock block;
    private final Duration pause;
    private final Map<String, RunState> told = new HashMap<>();
    private final Instant began = Instant.now();
    private long firstSteps = -1;

    /**
     * @param columns width of the terminal; 0 if it is a file or a pipe, which gets a line for each start and end of a run
     * @param pause between two looks
     */
    public ComparisonWatcher(RunsApi runs, PrintStream out, int columns, Duration pause) {
        this.runs = runs;
        this.out = out;
        this.block = columns > 0 ? new RedrawnBlock(out, columns) : null;
        this.pause = pause;
    }

    /**
     * Returns when none of the runs can change any more; one that was deleted meanwhile counts as ended.
     *
     * @throws UpstreamException if the platform refuses, or cannot serve for two minutes
     */
    public void watch(ComparisonRuns comparison) throws InterruptedException {
        Patience patience = new Patience();
        while (true) {
            try {
                Map<String, RunResource> now = now(comparison.name());
                List<RunResource> watched = comparison.runs().stream()
                        .map(ArmRun::run)
                        .map(now::get)
                        .filter(Objects::nonNull)
                        .toList();
                show(comparison, now, watched);
                if (watched.stream().allMatch(run -> run.state().terminal())) {
                    return;
                }
                patience.served();
            } catch (UpstreamException refused) {
                patience.refused(refused);
            }
            Thread.sleep(pause);
        }
    }

    private Map<String, RunResource> now(String comparison) {
        Map<String, RunResource> all = new HashMap<>();
        String cursor = null;
        do {
            Page<RunResource> page = runs.list(
                    null, ComparisonRequest.COMPARISON + "=" + comparison, null, null, cursor, Page.MAX_LIMIT);
            page.data().forEach(run -> all.put(run.id(), run));
            cursor = page.nextCursor();
        } while (cursor != null);
        return all;
    }

    private void show(ComparisonRuns comparison, Map<String, RunResource> now, List<RunResource> watched) {
        if (block != null) {
            block.show(lines(comparison, now, watched));
            return;
        }
        long ended = watched.stream().filter(run -> run.state().terminal()).count();
        for (RunResource run : watched) {
            RunState before = told.put(run.id(), run.state());
            boolean news = run.state() != before
                    && (run.state() == RunState.RUNNING || run.state().terminal());
            if (news) {
                out.println(run.name() + ": " + Words.of(run.state())
                        + (run.terminalReason() == null ? "" : ": " + run.terminalReason())
                        + (run.state().terminal() ? "  (" + ended + " of " + watched.size() + " have ended)" : ""));
                out.flush();
            }
        }
    }

    private List<String> lines(ComparisonRuns comparison, Map<String, RunResource> now, List<RunResource> watched) {
        int steps = watched.stream().mapToInt(RunResource::steps).sum();
        // What ended early has no steps left.
        int done = watched.stream()
                .mapToInt(run -> run.state().terminal() ? run.steps() : run.step())
                .sum();
        if (firstSteps < 0) {
            firstSteps = done;
        }
        Duration elapsed = Duration.between(began, Instant.now());
        List<String> lines = new ArrayList<>();
        lines.add(ProgressText.bar(done, steps) + "  "
                + watched.stream().filter(run -> run.state().terminal()).count() + " of " + watched.size()
                + " runs have ended  " + ProgressText.time(elapsed)
                + (done == firstSteps || done == steps
                        ? ""
                        : ", about "
                                + ProgressText.time(
                                        elapsed.multipliedBy(steps - done).dividedBy(done - firstSteps))
                                + " left"));
        Map<String, List<RunResource>> byArm = new LinkedHashMap<>();
        for (ArmRun run : comparison.runs()) {
            RunResource found = now.get(run.run());
            if (found != null) {
                byArm.computeIfAbsent(run.arm(), arm -> new ArrayList<>()).add(found);
            }
        }
        int width = ProgressText.nameWidth(List.copyOf(byArm.keySet()));
        byArm.forEach((arm, ofArm) -> lines.add(String.format(
                "  %-" + width + "s  %s",
                ProgressText.cut(arm, width),
                ofArm.stream()
                        .collect(Collectors.groupingBy(
                                ComparisonWatcher::inShort, LinkedHashMap::new, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(each -> each.getValue() == 1 ? each.getKey() : each.getValue() + " " + each.getKey())
                        .collect(Collectors.joining(", ")))));
        return lines;
    }

    private static String inShort(RunResource run) {
        return run.state() == RunState.RUNNING ? "step " + run.step() + "/" + run.steps() : Words.of(run.state());
    }
}
