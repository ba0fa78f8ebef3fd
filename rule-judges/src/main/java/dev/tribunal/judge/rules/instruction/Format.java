package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.PythonPattern;
import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;
import java.util.List;
import java.util.regex.Pattern;

/** {@code detectable_format:*} */
final class Format {

    private static final List<String> CONSTRAINED =
            List.of("My answer is yes.", "My answer is no.", "My answer is maybe.");

    private Format() {}

    /** Exactly so many lines that begin with a star, but not two, or with a dash. */
    static boolean numberBulletLists(Response response, Arguments arguments) {
        return bullets(response.text(), '*') + bullets(response.text(), '-') == arguments.count("num_bullets");
    }

    /** The empty lines before a bullet are its own; a star needs a character, if only a line end, after it. */
    private static int bullets(String text, char bullet) {
        int count = 0;
        int at = 0;
        while (at < text.length()) {
            while (at < text.length() && PythonText.isSpace(text.charAt(at))) {
                at++;
            }
            if (at < text.length() && text.charAt(at) == bullet) {
                boolean star = bullet == '*';
                if (!star || at + 1 < text.length() && text.charAt(at + 1) != '*') {
                    count++;
                    at += star ? 2 : 1;
                }
            }
            int lineEnd = text.indexOf('\n', at);
            at = lineEnd < 0 ? text.length() : lineEnd + 1;
        }
        return count;
    }

    static boolean constrainedResponse(Response response, Arguments arguments) {
        return CONSTRAINED.stream().anyMatch(response.text()::contains);
    }

    /** {@code *this*} and {@code **this**}, with something between the stars; the second kind counts twice. */
    static boolean numberHighlightedSections(Response response, Arguments arguments) {
        int count = highlights(response.text(), "*") + highlights(response.text(), "**");
        return count >= arguments.count("num_highlights");
    }

    private static int highlights(String text, String stars) {
        int count = 0;
        int open = text.indexOf(stars);
        while (open >= 0) {
            int start = open + stars.length();
            int end = start;
            while (end < text.length() && text.charAt(end) != '*' && text.charAt(end) != '\n') {
                end++;
            }
            boolean closes = text.startsWith(stars, end);
            count += closes && !PythonText.isBlank(text, start, end) ? 1 : 0;
            open = text.indexOf(stars, closes ? end + stars.length() : open + 1);
        }
        return count;
    }

    /** The splitter, a regular expression, with a number after it, for example {@code SECTION 1}, at least so often. */
    static boolean multipleSections(Response response, Arguments arguments) {
        String splitter = PythonText.strip(arguments.anyText("section_spliter"));
        int asked = arguments.count("num_sections");
        if (!splitter.isEmpty() && PythonPattern.isLiteral(splitter)) {
            return sections(response.text(), splitter) >= asked;
        }
        Pattern section = PythonPattern.compile("\\s?", splitter, "\\s?\\d+\\s?", Response.PYTHON);
        // The reference checker counts the pieces, and Python's split adds the pattern's groups to these.
        int pieces = 1 + section.matcher("").groupCount();
        return response.count(section, response.text(), Integer.MAX_VALUE) * pieces >= asked;
    }

    private static int sections(String text, String splitter) {
        int count = 0;
        int at = text.indexOf(splitter);
        while (at >= 0) {
            int digit = at + splitter.length();
            if (digit < text.length() && PythonText.isSpace(text.charAt(digit))) {
                digit++;
            }
            boolean found = digit < text.length() && Character.isDigit(text.codePointAt(digit));
            while (found && digit < text.length() && Character.isDigit(text.codePointAt(digit))) {
                digit += Character.charCount(text.codePointAt(digit));
            }
            count += found ? 1 : 0;
            at = text.indexOf(splitter, found ? digit : at + 1);
        }
        return count;
    }

    /** The whole response is one JSON value, of whatever type, perhaps in a fence. */
    static boolean jsonFormat(Response response, Arguments arguments) {
        String value = PythonText.strip(response.text());
        for (String fence : List.of("```json", "```Json", "```JSON", "```")) {
            value = PythonText.removePrefix(value, fence);
        }
        return JsonText.isValid(PythonText.strip(PythonText.removeSuffix(value, "```")));
    }

    /** {@code <<title>>} on one line, with something between the brackets. */
    static boolean title(Response response, Arguments arguments) {
        String text = response.text();
        int open = text.indexOf("<<");
        while (open >= 0) {
            int nextLine = text.indexOf('\n', open);
            int lineEnd = nextLine < 0 ? text.length() : nextLine;
            int close = text.lastIndexOf(">>", lineEnd - ">>".length());
            if (close >= open + "<<".length() + 1) {
                String title = text.substring(open, close + ">>".length());
                if (!PythonText.isBlank(PythonText.stripRight(PythonText.stripLeft(title, '<'), '>'))) {
                    return true;
                }
            }
            open = text.indexOf("<<", lineEnd);
        }
        return false;
    }
}
