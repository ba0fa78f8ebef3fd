package dev.tribunal.local.watch;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.servicekit.error.UpstreamException;
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

    private long seen;
    private int step;
    private int firstStep;
    private Instant firstStepAt = Instant.MIN;
    private List<TaskFigures> figures = List.of();

    /** @param pause between two looks */
    public RunWatcher(RunsApi runs, ProgressView view, Duration pause) {
        this.runs = runs;
        this.view = view;
        this.pause = pause;
    }

    /**
     * Returns the run when nothing can change any more.
     *
     * @throws UpstreamException if the platform refuses, or cannot serve for two minutes
     */
    public RunResource watch(String id) throws InterruptedException {
        Patience patience = new Patience();
        while (true) {
            try {
                // The state first: what happened before a run ended is then among the events.
                RunResource run = runs.get(id);
                showEvents(run);
                view.progress(progress(run, run.finishedAt() == null ? Instant.now() : run.finishedAt()));
                if (run.state().terminal()) {
                    return run;
                }
                patience.served();
            } catch (UpstreamException refused) {
                patience.refused(refused);
            }
            Thread.sleep(pause);
        }
    }

    private void showEvents(RunResource run) {
        Page<RunEvent> page;
        do {
            page = runs.events(run.id(), seen, EVENTS_AT_ONCE);
            for (RunEvent event : page.data()) {
                seen = event.sequence();
                view.event(event);
                if (event.type().equals("step") && event.data().get("step") instanceof Number number) {
                    stepped(number.intValue(), event.time());
                    figures = TaskFigures.of(run.tasks(), event);
                    view.progress(progress(run, event.time()));
                }
            }
        } while (page.hasMore());
    }

    private void stepped(int number, Instant time) {
        step = number;
        if (firstStep == 0) {
            firstStep = number;
            firstStepAt = time;
        }
    }

    private RunProgress progress(RunResource run, Instant now) {
        Instant since = run.startedAt() == null ? run.createdAt() : run.startedAt();
        Duration elapsed = Duration.between(since, now);
        return new RunProgress(run, step, figures, elapsed.isNegative() ? Duration.ZERO : elapsed, left(run, now));
    }

    private @Nullable Duration left(RunResource run, Instant now) {
        int done = step - firstStep;
        return done == 0 || step == run.steps()
                ? null
                : Duration.between(firstStepAt, now).dividedBy(done).multipliedBy(run.steps() - step);
    }
}
