package dev.tribunal.judge.rules.instruction;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code keywords:*}. A keyword is a regular expression, looked for without regard to case. */
final class Keywords {

    private Keywords() {}

    /** Every keyword stands somewhere, also inside a word. */
    static boolean existence(Response response, Arguments arguments) {
        return arguments.texts("keywords").stream().allMatch(keyword -> response.contains(pattern(keyword, "")));
    }

    /** The keyword occurs, also inside words, as often as asked. */
    static boolean frequency(Response response, Arguments arguments) {
        Pattern keyword = pattern(PythonText.strip(arguments.text("keyword")), "");
        return arguments.holds(response.count(keyword), "relation", "frequency");
    }

    /** None of the words stands as a word of its own. */
    static boolean forbiddenWords(Response response, Arguments arguments) {
        return arguments.texts("forbidden_words").stream()
                .noneMatch(word -> response.contains(pattern(word, PythonText.WORD_BOUNDARY)));
    }

    /** The letter, small or capital, occurs as often as asked. */
    static boolean letterFrequency(Response response, Arguments arguments) {
        String letter = PythonText.lower(PythonText.strip(arguments.text("letter")));
        if (letter.codePointCount(0, letter.length()) != 1) {
            throw new Arguments.BadArguments("letter is '" + letter + "', must be one letter");
        }
        long count = PythonText.lower(response.text())
                .codePoints()
                .filter(c -> c == letter.codePointAt(0))
                .count();
        return arguments.holds(count, "let_relation", "let_frequency");
    }

    /** A keyword that is no regular expression, such as {@code c++}, stands for itself. */
    private static Pattern pattern(String keyword, String boundary) {
        try {
            return Pattern.compile(boundary + keyword + boundary, Response.PYTHON_IGNORE_CASE);
        } catch (PatternSyntaxException notARegularExpression) {
            return Pattern.compile(boundary + Pattern.quote(keyword) + boundary, Response.PYTHON_IGNORE_CASE);
        }
    }
}
