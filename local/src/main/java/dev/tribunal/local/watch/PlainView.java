package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import dev.tribunal.contracts.runs.v1.run.RunState;
import java.io.PrintStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One line an event and one a step, for files and pipes. */
public final class PlainView implements ProgressView {

    /** Between two words of how far a check is, or what is waited for. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final PrintStream out;
    private int step;
    private @Nullable Duration told;

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
        String phase = progress.run().phase();
        boolean later = told == null || progress.elapsed().minus(told).compareTo(PAUSE) >= 0;
        if (progress.run().state() == RunState.VALIDATING && phase != null && later) {
            told = progress.elapsed();
            out.println("validating: " + phase);
            out.flush();
        }
        if (!progress.run().waitsFor().isEmpty() && later) {
            told = progress.elapsed();
            progress.run().waitsFor().forEach(wait -> out.println(Doubts.waiting(wait)));
            out.flush();
        }
        if (progress.step() > step) {
            step = progress.step();
            out.println(ProgressText.line(progress));
            out.flush();
        }
    }
}
