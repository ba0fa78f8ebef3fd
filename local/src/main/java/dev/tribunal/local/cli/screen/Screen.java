package dev.tribunal.local.cli.screen;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tribunal.local.watch.PlainView;
import dev.tribunal.local.watch.ProgressView;
import dev.tribunal.local.watch.TerminalView;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a command writes to.
 *
 * @param results what was asked for: text, or the one JSON object
 * @param progress what is worth knowing meanwhile
 * @param columns width of the terminal that shows the progress; 0 if it is a file or a pipe
 */
public record Screen(PrintStream results, PrintStream progress, int columns) {

    /** All but tabulators and line ends. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\t\\n\\r]]");

    /** What is absent stays out, as in the API's own answers. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /** The process's own streams; the launcher script tells the width, for Java cannot ask. */
    public static Screen standard() {
        return new Screen(System.out, System.out, Integer.getInteger("tribunal.columns", 0));
    }

    /** Whether standard input is a terminal; the launcher script tells, for Java asks for both ends at once. */
    public static boolean typedInput() {
        return Boolean.getBoolean("tribunal.typed");
    }

    /** Keeps standard output for the JSON object alone. */
    public Screen forJson() {
        return new Screen(results, System.err, 0);
    }

    public ProgressView progressView() {
        PrintStream watched = new PrintStream(progress, false, progress.charset()) {
            @Override
            public void flush() {
                super.flush();
                requireOpen(progress);
            }
        };
        return columns > 0 ? new TerminalView(watched, columns) : new PlainView(watched);
    }

    /** @throws OutputClosedException if its reader has closed it */
    public void print(String line) {
        results.println(shown(line));
        requireOpen(results);
    }

    public void print(List<String> lines) {
        lines.forEach(line -> results.println(shown(line)));
        requireOpen(results);
    }

    /** Part of a line, shown at once. */
    public void printPart(String part) {
        results.print(shown(part));
        requireOpen(results);
    }

    public void note(String line) {
        progress.println(shown(line));
        progress.flush();
    }

    /** One line. */
    public void json(Object value) {
        results.println(JSON.writeValueAsString(value));
        requireOpen(results);
    }

    /** Flushes, too. */
    private static void requireOpen(PrintStream stream) {
        if (stream.checkError()) {
            throw new OutputClosedException();
        }
    }

    private String shown(String text) {
        return Paint.shown(visible(text), columns > 0);
    }

    /** What a model or a judge says may hold control characters, which would steer the terminal. */
    private static String visible(String text) {
        return CONTROL.matcher(text).replaceAll("\ufffd");
    }
}
