package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.run.RunEvent;

/** Shows a run's progress as it comes. */
public sealed interface ProgressView permits TerminalView, PlainView {

    void event(RunEvent event);

    void progress(RunProgress progress);
}
