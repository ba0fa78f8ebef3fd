package dev.tribunal.local.cli.screen;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * Colours of what a person should not overlook. A painted text carries marks that take no width; the screen makes colours
 * of them on a terminal, and leaves them out anywhere else.
 */
public final class Paint {

    /** When colours are shown: {@code --color}, else as {@code NO_COLOR} and the terminal say. */
    public enum When {
        AUTO,
        ALWAYS,
        NEVER
    }

    private static final char GOOD = '\uE0F1';
    private static final char WARNING = '\uE0F2';
    private static final char BAD = '\uE0F3';
    private static final char END = '\uE0F0';
    private static final Pattern MARK = Pattern.compile("[" + END + "-" + BAD + "]");
    private static final Map<String, String> STYLES = Map.of(
            String.valueOf(GOOD), "fg(green)", String.valueOf(WARNING), "fg(yellow)", String.valueOf(BAD), "fg(red)");

    private static volatile When when = When.AUTO;

    private Paint() {}

    /** A word of the API, in the colour of what it means; one that means nothing special has none. */
    public static String state(String word) {
        return switch (word) {
            case "succeeded", "active", "ready", "up", "closed", "satisfied", "feasible", "passed" -> good(word);
            case "failed", "rejected", "violated", "away", "open", "infeasible", "retired" -> bad(word);
            case "pausing", "paused", "cancelling", "cancelled", "draining", "undecided", "half_open", "probing" ->
                warning(word);
            default -> word;
        };
    }

    public static String good(String text) {
        return GOOD + text + END;
    }

    public static String warning(String text) {
        return WARNING + text + END;
    }

    public static String bad(String text) {
        return BAD + text + END;
    }

    /** How many columns a text takes. */
    static int width(String text) {
        return plain(text).length();
    }

    static String plain(String text) {
        return MARK.matcher(text).replaceAll("");
    }

    /** @param terminal whether a person looks at a terminal */
    static String shown(String text, boolean terminal) {
        boolean colours = switch (when) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> terminal && !isSet("NO_COLOR");
        };
        if (!colours) {
            return plain(text);
        }
        StringBuilder shown = new StringBuilder();
        int at = 0;
        String style = null;
        Matcher marks = MARK.matcher(text);
        while (marks.find()) {
            append(shown, text.substring(at, marks.start()), style);
            style = STYLES.get(marks.group());
            at = marks.end();
        }
        append(shown, text.substring(at), style);
        return shown.toString();
    }

    private static void append(StringBuilder shown, String part, @Nullable String style) {
        if (style == null || part.isEmpty()) {
            shown.append(part);
            return;
        }
        Ansi.IStyle[] styles = Ansi.Style.parse(style);
        shown.append(Ansi.Style.on(styles)).append(part).append(Ansi.Style.off(styles));
    }

    public static void when(When wanted) {
        when = wanted;
    }

    private static boolean isSet(String variable) {
        String value = System.getenv(variable);
        return value != null && !value.isEmpty();
    }
}
