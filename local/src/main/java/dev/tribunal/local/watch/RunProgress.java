package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.run.RunResource;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as the watcher last saw it.
 *
 * @param step the last step seen, 0 before the first
 * @param figures of every task at that step, in the spec's order; empty before the first
 * @param left a guess from the steps seen so far; absent until there are two
 */
record RunProgress(
        RunResource run,
        int step,
        List<TaskFigures> figures,
        Duration elapsed,
        @Nullable Duration left) {}
