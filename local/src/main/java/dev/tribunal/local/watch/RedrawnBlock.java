package dev.tribunal.local.watch;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

/** A block of lines on a terminal that is redrawn in place. */
final class RedrawnBlock {

    private static final String TO_LINE_START_AND_CLEAR_BELOW = "\r\u001b[J";

    private final PrintStream out;
    private final int columns;
    private List<String> block = List.of();

    /** @param columns width of the terminal; longer lines are cut, for a wrapped line would spoil the redrawing */
    RedrawnBlock(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    void show(List<String> lines) {
        List<String> cut = lines.stream()
                .map(line -> line.length() < columns ? line : line.substring(0, columns - 1))
                .toList();
        if (!cut.equals(block)) {
            replace(cut, "");
        }
    }

    /** Scrolls by above the block. */
    void showAbove(String line) {
        replace(block, line + "\n");
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
