package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.run.RunEvent;
import java.io.PrintStream;

/** Redraws one block of lines in place; warnings scroll by above it. */
public final class TerminalView implements ProgressView {

    private final RedrawnBlock block;

    /** @param columns width of the terminal */
    public TerminalView(PrintStream out, int columns) {
        this.block = new RedrawnBlock(out, columns);
    }

    @Override
    public void event(RunEvent event) {
        if (event.type().equals("warning") || event.type().equals("alarm")) {
            block.showAbove(event.type() + ": " + event.message());
        }
    }

    @Override
    public void progress(RunProgress progress) {
        block.show(ProgressText.block(progress));
    }
}
