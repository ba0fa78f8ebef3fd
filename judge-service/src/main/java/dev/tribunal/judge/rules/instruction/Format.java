package dev.tribunal.judge.rules.instruction;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code detectable_format:*} */
final class Format {

    private static final Pattern STAR_BULLET =
            Pattern.compile("^\\s*\\*[^\\*].*$", Response.PYTHON | Pattern.MULTILINE);
    private static final Pattern DASH_BULLET = Pattern.compile("^\\s*-.*$", Response.PYTHON | Pattern.MULTILINE);
    private static final Pattern HIGHLIGHT = Pattern.compile("\\*[^\\n\\*]*\\*");
    private static final Pattern DOUBLE_HIGHLIGHT = Pattern.compile("\\*\\*[^\\n\\*]*\\*\\*");
    private static final List<String> CONSTRAINED =
            List.of("My answer is yes.", "My answer is no.", "My answer is maybe.");

    /** As Python's json: NaN and Infinity are taken, anything after the value is not. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Format() {}

    /** Exactly so many lines that begin with a star, but not two, or with a dash. */
    static boolean numberBulletLists(Response response, Arguments arguments) {
        return response.count(STAR_BULLET) + response.count(DASH_BULLET) == arguments.count("num_bullets");
    }

    static boolean constrainedResponse(Response response, Arguments arguments) {
        return CONSTRAINED.stream().anyMatch(response.text()::contains);
    }

    /** {@code *this*} and {@code **this**}, with something between the stars; the second kind counts twice. */
    static boolean numberHighlightedSections(Response response, Arguments arguments) {
        int count = 0;
        Matcher single = response.matcher(HIGHLIGHT);
        while (single.find()) {
            if (!PythonText.isBlank(PythonText.strip(single.group(), '*'))) {
                count++;
            }
        }
        Matcher twofold = response.matcher(DOUBLE_HIGHLIGHT);
        while (twofold.find()) {
            String inside = PythonText.removeSuffix(PythonText.removePrefix(twofold.group(), "**"), "**");
            if (!PythonText.isBlank(inside)) {
                count++;
            }
        }
        return count >= arguments.count("num_highlights");
    }

    /** The splitter with a number after it, for example {@code SECTION 1}, at least so often. */
    static boolean multipleSections(Response response, Arguments arguments) {
        String splitter = PythonText.strip(arguments.text("section_spliter"));
        return response.count(section(splitter)) >= arguments.count("num_sections");
    }

    private static Pattern section(String splitter) {
        try {
            return Pattern.compile("\\s?" + splitter + "\\s?\\d+\\s?", Response.PYTHON);
        } catch (PatternSyntaxException notARegularExpression) {
            return Pattern.compile("\\s?" + Pattern.quote(splitter) + "\\s?\\d+\\s?", Response.PYTHON);
        }
    }

    /** The whole response is one JSON value, of whatever type, perhaps in a fence. */
    static boolean jsonFormat(Response response, Arguments arguments) {
        String value = PythonText.strip(response.text());
        for (String fence : List.of("```json", "```Json", "```JSON", "```")) {
            value = PythonText.removePrefix(value, fence);
        }
        value = PythonText.strip(PythonText.removeSuffix(value, "```"));
        if (value.isEmpty()) {
            return false;
        }
        try {
            JSON.readTree(value);
            return true;
        } catch (JacksonException notJson) {
            return false;
        }
    }

    /** {@code <<title>>} on one line, with something between the brackets. */
    static boolean title(Response response, Arguments arguments) {
        for (String line : response.text().split("\n", -1)) {
            int open = line.indexOf("<<");
            int close = line.lastIndexOf(">>");
            if (open >= 0 && close >= open + "<<".length() + 1) {
                String title = line.substring(open, close + ">>".length());
                if (!PythonText.isBlank(PythonText.stripRight(PythonText.stripLeft(title, '<'), '>'))) {
                    return true;
                }
            }
        }
        return false;
    }
}
