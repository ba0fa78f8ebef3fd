package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.RunEvent;
import java.io.PrintStream;

/** One line an event and one a step, for files and pipes. */
public final class PlainView implements ProgressView {

    private final PrintStream out;
    private int step;

    public PlainView(PrintStream out) {
        this.out = out;
    }

    @Override
    public void event(RunEvent event) {
        if (!event.type().equals("step")) {
            out.println(event.type() + ": " + event.message());
            out.flush();
        }
    }

    @Override
    public void progress(RunProgress progress) {
        if (progress.step() > step) {
            step = progress.step();
            out.println(ProgressText.line(progress));
            out.flush();
        }
    }
}
