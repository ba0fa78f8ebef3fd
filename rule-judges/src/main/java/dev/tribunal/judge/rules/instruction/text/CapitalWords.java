package dev.tribunal.judge.rules.instruction.text;

/**
 * How many words of a sentence are all capital, the words being those of {@link WordTokens}. Its rules are dear, and
 * most of them cannot change this number: looked at is what stands between two spaces, and the rules are asked only
 * from the first such piece on in which they could matter.
 */
public final class CapitalWords {

    /** The rules put space around each of these wherever it stands. */
    private static final String APART = "«“‘„`;@#$%&‒–—―?!*[](){}<>»”’\"";

    private CapitalWords() {}

    public static int count(String sentence) {
        int count = 0;
        int start = 0;
        while (start < sentence.length()) {
            int end = pieceEnd(sentence, start);
            if (hasUpper(sentence, start, end)) {
                if (needsRules(sentence, start, end)) {
                    // some rules look at the space before
                    return count + WordTokens.countUpper(sentence.substring(Math.max(start - 1, 0)));
                }
                count += countWithoutRules(sentence, start, end);
            }
            start = end + 1;
        }
        return count;
    }

    private static int pieceEnd(String sentence, int start) {
        int end = start;
        while (end < sentence.length() && !PythonText.isSpace(sentence.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean hasUpper(String sentence, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = sentence.charAt(i);
            if (c < 0x80 ? c >= 'A' && c <= 'Z' : Character.isUpperCase(sentence.codePointAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** An apostrophe may part a word, and so may what {@code CANNOT, GIMME, LEMME, GONNA, GOTTA, WANNA} have doubled. */
    private static boolean needsRules(String sentence, int start, int end) {
        int before = 0;
        for (int i = start; i < end; i++) {
            int c = sentence.charAt(i) | 0x20;
            if (c == '\'' || c == before && (c == 'n' || c == 'm' || c == 't')) {
                return true;
            }
            before = c;
        }
        return false;
    }

    private static int countWithoutRules(String sentence, int start, int end) {
        int count = 0;
        int word = start;
        for (int i = start; i <= end; i++) {
            if (i == end || isApart(sentence, i)) {
                count += PythonText.isUpper(sentence, word, i) ? 1 : 0;
                word = i + 1;
            }
        }
        return count;
    }

    private static boolean isApart(String sentence, int at) {
        char c = sentence.charAt(at);
        return switch (c) {
            case ':', ',' -> at + 1 == sentence.length() || !Character.isDigit(sentence.codePointAt(at + 1));
            // two at least
            case '.', '-' -> at + 1 < sentence.length() && sentence.charAt(at + 1) == c;
            default -> !Character.isLetterOrDigit(c) && APART.indexOf(c) >= 0;
        };
    }
}
