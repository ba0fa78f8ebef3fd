package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.RunEvent;
import dev.tribunal.contracts.runs.v1.RunResource;
import dev.tribunal.contracts.runs.v1.RunsApi;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows one run to its end. */
public final class RunWatcher {

    private static final int EVENTS_AT_ONCE = 200;

    private final RunsApi runs;
    private final ProgressView view;
    private final Duration pause;

    private List<TaskFigures> figures = List.of();
    private long seen;
    private int firstStep = -1;
    private Instant firstStepAt = Instant.MIN;

    /** @param pause between two looks */
    public RunWatcher(RunsApi runs, ProgressView view, Duration pause) {
        this.runs = runs;
        this.view = view;
        this.pause = pause;
    }

    /** Returns the run when nothing can change any more. */
    public RunResource watch(String id) throws InterruptedException {
        while (true) {
            // The state first: what happened before a run ended is then among the events.
            RunResource run = runs.get(id);
            if (showEvents(id) || figures.isEmpty() && run.step() > 0) {
                figures = figures(run);
            }
            view.progress(progress(run));
            if (run.state().terminal()) {
                return run;
            }
            Thread.sleep(pause);
        }
    }

    /** Shows the events since the last look; says whether a step was among them. */
    private boolean showEvents(String id) {
        boolean stepped = false;
        boolean more = true;
        while (more) {
            var page = runs.events(id, seen, EVENTS_AT_ONCE);
            for (RunEvent event : page.data()) {
                seen = event.sequence();
                stepped |= event.type().equals("step");
                view.event(event);
            }
            more = page.hasMore();
        }
        return stepped;
    }

    private List<TaskFigures> figures(RunResource run) {
        var series = runs.metrics(run.id(), TaskFigures.METRICS, null, run.step(), null);
        return run.tasks().stream().map(task -> TaskFigures.of(task, series)).toList();
    }

    private RunProgress progress(RunResource run) {
        Instant now = Instant.now();
        if (firstStep < 0 && run.step() > 0) {
            firstStep = run.step();
            firstStepAt = now;
        }
        Instant since = run.startedAt() == null ? run.createdAt() : run.startedAt();
        Instant until = run.finishedAt() == null ? now : run.finishedAt();
        Duration elapsed = Duration.between(since, until);
        return new RunProgress(run, figures, elapsed.isNegative() ? Duration.ZERO : elapsed, left(run, now));
    }

    private @Nullable Duration left(RunResource run, Instant now) {
        int done = run.step() - firstStep;
        return firstStep < 0 || done == 0 || run.state().terminal()
                ? null
                : Duration.between(firstStepAt, now).dividedBy(done).multipliedBy(run.steps() - run.step());
    }
}
