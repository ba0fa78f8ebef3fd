package dev.tribunal.judge.rules.instruction;

import dev.tribunal.judge.rules.instruction.text.PythonText;
import dev.tribunal.judge.rules.instruction.text.Response;
import dev.tribunal.judge.rules.instruction.text.Sentences;

/** {@code length_constraints:*} */
final class Length {

    private static final String DIVIDER = "***";
    private static final String PUNCTUATION = ".,?!'\"";

    private Length() {}

    static boolean numberSentences(Response response, Arguments arguments) {
        return arguments.holds(Sentences.of(response.text()).size(), "relation", "num_sentences");
    }

    static boolean numberWords(Response response, Arguments arguments) {
        return arguments.holds(words(response.text()), "relation", "num_words");
    }

    /** How many runs of word characters there are. */
    private static int words(String text) {
        int count = 0;
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            boolean wordCharacter = PythonText.isUnicodeWordCharacter(c);
            count += wordCharacter && !inWord ? 1 : 0;
            inWord = wordCharacter;
            i += Character.charCount(c);
        }
        return count;
    }

    /** Paragraphs parted by {@code ***}; a divider may stand at either end, but two never follow each other. */
    static boolean numberParagraphs(Response response, Arguments arguments) {
        String text = response.text();
        int asked = arguments.count("num_paragraphs");
        int count = 0;
        int start = 0;
        while (true) {
            int divider = text.indexOf(DIVIDER, start);
            boolean last = divider < 0;
            if (!PythonText.isBlank(text, start, last ? text.length() : divider)) {
                count++;
            } else if (start > 0 && !last) {
                return false;
            }
            if (last) {
                return count == asked;
            }
            start = divider + DIVIDER.length();
        }
    }

    /**
     * Paragraphs parted by one empty line. The place of the n-th is counted with empty paragraphs, their number
     * without, as the reference checker does.
     */
    static boolean nthParagraphFirstWord(Response response, Arguments arguments) {
        int asked = arguments.count("num_paragraphs");
        int nth = arguments.count("nth_paragraph");
        String firstWord = PythonText.lower(arguments.anyText("first_word"));
        if (nth < 1 || nth > asked) {
            throw new Arguments.BadArguments(
                    "nth_paragraph", "is " + nth + ", must be from 1 to num_paragraphs " + asked);
        }
        String[] paragraphs = response.text().split("\n\n", -1);
        int count = 0;
        for (String paragraph : paragraphs) {
            count += PythonText.isBlank(paragraph) ? 0 : 1;
        }
        return count == asked
                && !PythonText.isBlank(paragraphs[nth - 1])
                && firstWord(paragraphs[nth - 1]).equals(firstWord);
    }

    /** Without opening quotes, up to the first punctuation; letter by letter small, so a last sigma is as any. */
    private static String firstWord(String paragraph) {
        String text = PythonText.strip(paragraph);
        int space = 0;
        while (space < text.length() && !PythonText.isSpace(text.charAt(space))) {
            space++;
        }
        String word = PythonText.stripLeft(PythonText.stripLeft(text.substring(0, space), '\''), '"');
        StringBuilder first = new StringBuilder();
        word.codePoints()
                .takeWhile(c -> PUNCTUATION.indexOf(c) < 0)
                .forEach(c -> first.append(PythonText.lower(Character.toString(c))));
        return first.toString();
    }
}
