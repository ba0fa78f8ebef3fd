package dev.tribunal.judge.rules.instruction;

import java.util.Arrays;
import java.util.regex.Pattern;

/** {@code length_constraints:*} */
final class Length {

    private static final Pattern DIVIDER = Pattern.compile("\\s?\\*\\*\\*\\s?", Response.PYTHON);
    private static final String PUNCTUATION = ".,?!'\"";

    private Length() {}

    static boolean numberSentences(Response response, Arguments arguments) {
        return arguments.holds(Sentences.of(response.text()).size(), "relation", "num_sentences");
    }

    static boolean numberWords(Response response, Arguments arguments) {
        return arguments.holds(response.count(PythonText.WORD), "relation", "num_words");
    }

    /** Paragraphs parted by {@code ***}; a divider may stand at either end, but two never follow each other. */
    static boolean numberParagraphs(Response response, Arguments arguments) {
        String[] paragraphs = DIVIDER.split(response.text(), -1);
        int count = paragraphs.length;
        for (int i = 0; i < paragraphs.length; i++) {
            if (PythonText.isBlank(paragraphs[i])) {
                if (i > 0 && i < paragraphs.length - 1) {
                    return false;
                }
                count--;
            }
        }
        return count == arguments.count("num_paragraphs");
    }

    /**
     * Paragraphs parted by one empty line. The place of the n-th is counted with empty paragraphs, their number
     * without, as the reference checker does.
     */
    static boolean nthParagraphFirstWord(Response response, Arguments arguments) {
        String[] paragraphs = response.text().split("\n\n", -1);
        long count = Arrays.stream(paragraphs)
                .filter(paragraph -> !PythonText.isBlank(paragraph))
                .count();
        int nth = arguments.count("nth_paragraph");
        if (nth < 1 || nth > count || PythonText.isBlank(paragraphs[nth - 1])) {
            return false;
        }
        return count == arguments.count("num_paragraphs")
                && firstWord(paragraphs[nth - 1]).equals(PythonText.lower(arguments.text("first_word")));
    }

    /** Without opening quotes, up to the first punctuation. */
    private static String firstWord(String paragraph) {
        String word = PythonText.split(paragraph)[0];
        word = PythonText.stripLeft(PythonText.stripLeft(word, '\''), '"');
        int end = 0;
        while (end < word.length() && PUNCTUATION.indexOf(word.charAt(end)) < 0) {
            end++;
        }
        return PythonText.lower(word.substring(0, end));
    }
}
