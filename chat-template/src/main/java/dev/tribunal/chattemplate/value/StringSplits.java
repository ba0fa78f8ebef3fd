package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Arguments.Bound;
import dev.tribunal.chattemplate.value.Value.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's ways to cut a text. */
public final class StringSplits {

    private StringSplits() {}

    static Value split(String text, Arguments arguments) {
        Bound bound = arguments.bind("split", "sep", "maxsplit");
        long most = most(bound);
        return texts(bound.some("sep").isEmpty() ? words(text, most) : parts(text, separator(bound), most));
    }

    static Value splitFromTheRight(String text, Arguments arguments) {
        Bound bound = arguments.bind("rsplit", "sep", "maxsplit");
        long most = most(bound);
        return texts(
                bound.some("sep").isEmpty()
                        ? wordsFromTheRight(text, most)
                        : partsFromTheRight(text, separator(bound), most));
    }

    private static long most(Bound bound) {
        long most = bound.integer("maxsplit", -1);
        return most < 0 ? Long.MAX_VALUE : most;
    }

    private static String separator(Bound bound) {
        String separator = bound.text("sep");
        if (separator.isEmpty()) {
            throw new Failure("empty separator");
        }
        return separator;
    }

    private static List<String> parts(String text, String separator, long most) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (long left = most; left > 0; left--) {
            int next = text.indexOf(separator, start);
            if (next < 0) {
                break;
            }
            parts.add(text.substring(start, next));
            start = next + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static List<String> partsFromTheRight(String text, String separator, long most) {
        List<String> parts = new ArrayList<>();
        int end = text.length();
        for (long left = most; left > 0 && end >= separator.length(); left--) {
            int next = text.lastIndexOf(separator, end - separator.length());
            if (next < 0) {
                break;
            }
            parts.add(text.substring(next + separator.length(), end));
            end = next;
        }
        parts.add(text.substring(0, end));
        Collections.reverse(parts);
        return parts;
    }

    /** Between white space; the rest after the last cut keeps its end. */
    private static List<String> words(String text, long most) {
        List<String> words = new ArrayList<>();
        String rest = Whitespace.stripLeading(text);
        int start = 0;
        for (long left = most; left > 0 && start < rest.length(); left--) {
            int end = start;
            while (end < rest.length() && !Whitespace.is(rest.charAt(end))) {
                end++;
            }
            words.add(rest.substring(start, end));
            start = end;
            while (start < rest.length() && Whitespace.is(rest.charAt(start))) {
                start++;
            }
        }
        if (start < rest.length()) {
            words.add(rest.substring(start));
        }
        return words;
    }

    private static List<String> wordsFromTheRight(String text, long most) {
        List<String> words = new ArrayList<>();
        String rest = Whitespace.stripTrailing(text);
        for (long left = most; left > 0 && !rest.isEmpty(); left--) {
            int start = rest.length();
            while (start > 0 && !Whitespace.is(rest.charAt(start - 1))) {
                start--;
            }
            words.add(rest.substring(start));
            rest = Whitespace.stripTrailing(rest.substring(0, start));
        }
        if (!rest.isEmpty()) {
            words.add(rest);
        }
        Collections.reverse(words);
        return words;
    }

    static Value splitLines(String text, Arguments arguments) {
        return texts(lines(text, arguments.bind("splitlines", "keepends").flag("keepends", false)));
    }

    /** Without a last empty line. */
    public static List<String> lines(String text, boolean keepEnds) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (Whitespace.endsLine(text.charAt(i))) {
                int end = i;
                i += text.startsWith("\r\n", i) ? 1 : 0;
                lines.add(text.substring(start, keepEnds ? i + 1 : end));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }

    static Value partition(String text, Arguments arguments) {
        String separator = separator(arguments.bind("partition", "sep"));
        int at = text.indexOf(separator);
        return at < 0 ? tuple(text, "", "") : around(text, separator, at);
    }

    static Value partitionFromTheRight(String text, Arguments arguments) {
        String separator = separator(arguments.bind("rpartition", "sep"));
        int at = text.lastIndexOf(separator);
        return at < 0 ? tuple("", "", text) : around(text, separator, at);
    }

    private static Value around(String text, String separator, int at) {
        return tuple(text.substring(0, at), separator, text.substring(at + separator.length()));
    }

    private static Value tuple(String before, String separator, String after) {
        return Value.Tuple.of(new Text(before), new Text(separator), new Text(after));
    }

    private static Value texts(List<String> parts) {
        Limits.requireItems(parts.size());
        return new Value.Sequence(
                parts.stream().map(part -> (Value) new Text(part)).toList());
    }
}
