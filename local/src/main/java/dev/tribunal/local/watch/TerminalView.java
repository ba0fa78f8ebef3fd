package dev.tribunal.local.watch;

import dev.tribunal.contracts.runs.v1.RunEvent;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** Redraws one block of lines in place; warnings scroll by above it. */
public final class TerminalView implements ProgressView {

    private static final String TO_LINE_START_AND_CLEAR_BELOW = "\r\u001b[J";

    private final PrintStream out;
    private final int columns;
    private List<String> block = List.of();

    /** @param columns width of the terminal; longer lines are cut, for a wrapped line would spoil the redrawing */
    public TerminalView(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    @Override
    public void event(RunEvent event) {
        if (event.type().equals("warning") || event.type().equals("alarm")) {
            replace(block, event.type() + ": " + event.message() + "\n");
        }
    }

    @Override
    public void progress(RunProgress progress) {
        List<String> lines = ProgressText.block(progress).stream()
                .map(line -> line.length() < columns ? line : line.substring(0, columns - 1))
                .toList();
        if (!lines.equals(block)) {
            replace(lines, "");
        }
    }

    private void replace(List<String> lines, String above) {
        String up = block.isEmpty() ? "" : "\u001b[" + block.size() + "A";
        out.print(up
                + TO_LINE_START_AND_CLEAR_BELOW
                + above
                + lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
        out.flush();
        block = lines;
    }
}
