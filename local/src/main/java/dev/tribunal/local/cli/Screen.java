package dev.tribunal.local.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.local.watch.PlainView;
import dev.tribunal.local.watch.ProgressView;
import dev.tribunal.local.watch.TerminalView;
import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command writes to.
 *
 * @param results what was asked for: text, or the one JSON object
 * @param progress what is worth knowing meanwhile
 * @param columns width of the terminal that shows the progress; 0 if it is a file or a pipe
 */
record Screen(PrintStream results, PrintStream progress, int columns) {

    /** What is absent stays out, as in the API's own answers. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /** The process's own streams; the launcher script tells the width, for Java cannot ask. */
    static Screen standard() {
        return new Screen(System.out, System.out, Integer.getInteger("tribunal.columns", 0));
    }

    /** Whether standard input is a terminal; the launcher script tells, for Java asks for both ends at once. */
    static boolean typedInput() {
        return Boolean.getBoolean("tribunal.typed");
    }

    /** Keeps standard output for the JSON object alone. */
    Screen forJson() {
        return new Screen(results, System.err, 0);
    }

    ProgressView progressView() {
        return columns > 0 ? new TerminalView(progress, columns) : new PlainView(progress);
    }

    void print(String line) {
        results.println(line);
        results.flush();
    }

    void print(List<String> lines) {
        lines.forEach(results::println);
        results.flush();
    }

    /** Part of a line, shown at once. */
    void printPart(String part) {
        results.print(part);
        results.flush();
    }

    void note(String line) {
        progress.println(line);
        progress.flush();
    }

    /** One line. */
    void json(Object value) {
        print(JSON.writeValueAsString(value));
    }
}
