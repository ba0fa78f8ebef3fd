package dev.tribunal.local.cli.run;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.local.cli.screen.Goodbye;
import dev.tribunal.local.cli.screen.Screen;
import dev.tribunal.local.watch.RunWatcher;
import java.time.Duration;

/** Watches a run on the screen. */
public final class WatchedRun {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private WatchedRun() {}

    /** Returns the run when it has ended. If the process is interrupted, it says that the run goes on. */
    static RunResource watch(String id, RunsApi runs, Screen screen) throws InterruptedException {
        try (Goodbye _ = Goodbye.on(
                screen, "No longer watching; " + id + " goes on. Stop it with: ./tribunal run cancel " + id)) {
            return watchOnly(id, runs, screen);
        }
    }

    public static RunResource watchOnly(String id, RunsApi runs, Screen screen) throws InterruptedException {
        return new RunWatcher(runs, screen.progressView(), PAUSE).watch(id);
    }
}
