package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;

/** {@code keywords:*}. A keyword is a regular expression, looked for without regard to case. */
final class Keywords {

    private Keywords() {}

    /** Every keyword stands somewhere, also inside a word. */
    static boolean existence(Response response, Arguments arguments) {
        return arguments.texts("keywords").stream().allMatch(keyword -> response.count(keyword, false, 1) > 0);
    }

    /** The keyword occurs, also inside words, as often as asked. */
    static boolean frequency(Response response, Arguments arguments) {
        String keyword = PythonText.strip(arguments.text("keyword"));
        return arguments.holds(response.count(keyword, false, Integer.MAX_VALUE), "relation", "frequency");
    }

    /** None of the words stands as a word of its own. */
    static boolean forbiddenWords(Response response, Arguments arguments) {
        return arguments.texts("forbidden_words").stream().noneMatch(word -> response.count(word, true, 1) > 0);
    }

    /** The letter, or any other character, occurs as often as asked; small or capital is the same. */
    static boolean letterFrequency(Response response, Arguments arguments) {
        String letter = arguments.text("letter");
        if (letter.codePointCount(0, letter.length()) != 1) {
            throw new Arguments.BadArguments("letter", "is '" + letter + "', must be one letter");
        }
        return arguments.holds(occurrences(response.small(), letter), "let_relation", "let_frequency");
    }

    /** A space, and a letter that is two when it is small, occurs nowhere. */
    private static int occurrences(String text, String letter) {
        String small = PythonText.lower(PythonText.strip(letter));
        if (small.codePointCount(0, small.length()) != 1) {
            return 0;
        }
        int count = 0;
        for (int at = text.indexOf(small); at >= 0; at = text.indexOf(small, at + small.length())) {
            count++;
        }
        return count;
    }
}
