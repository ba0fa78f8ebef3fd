package dev.tribunal.judge.rules.math;

import org.jspecify.annotations.Nullable;

/**
 * Finds the words in which a text gives its answer. The last place counts: a text may correct itself. It looks from
 * the end of the text, without regular expressions, since completions are long and answers near their end.
 */
final class AnswerExtractor {

    private static final String BOXED = "\\boxed";
    private static final String ANSWER = "answer";
    private static final String FINAL = "the final ";
    private static final String HASHES = "####";

    private AnswerExtractor() {}

    /** The sentence "The final answer is ...", and nothing else. */
    static @Nullable String finalAnswer(String text) {
        String answer = afterAnswer(text, true);
        if (answer == null) {
            return null;
        }
        String boxed = boxed(answer);
        return boxed != null ? boxed : answer;
    }

    /** A box, the final answer's sentence, four hashes, "the answer is", in that order. */
    static @Nullable String anyAnswer(String text) {
        String boxed = boxed(text);
        if (boxed != null) {
            return boxed;
        }
        String finalAnswer = finalAnswer(text);
        if (finalAnswer != null) {
            return finalAnswer;
        }
        int hashes = text.lastIndexOf(HASHES);
        return hashes >= 0 ? line(text, hashes + HASHES.length()) : afterAnswer(text, false);
    }

    /** The last {@code $...$}, {@code \(...\)} or {@code \[...\]} of the text, or the first; null if it has none. */
    static @Nullable String formula(String text, boolean last) {
        String found = null;
        for (int i = 0; i < text.length(); i++) {
            String close = closing(text, i);
            if (close != null) {
                int start = i + close.length();
                int end = text.indexOf(close, start);
                if (end < 0) {
                    break;
                }
                found = text.substring(start, end);
                if (!last) {
                    return found;
                }
                i = end + close.length() - 1;
            }
        }
        return found;
    }

    /** What a sentence says something "is", such as the largest $n$, before it names any number; null if nothing. */
    static @Nullable String predicate(String sentence) {
        boolean formula = false;
        int predicate = -1;
        for (int i = 0; i < sentence.length(); i++) {
            char c = sentence.charAt(i);
            if (c == '$') {
                formula = !formula;
            } else if (!formula && c >= '0' && c <= '9') {
                break;
            } else if (!formula && sentence.startsWith(" is ", i)) {
                predicate = i + " is ".length();
            }
        }
        return predicate < 0 ? null : sentence.substring(predicate);
    }

    /** How the formula ends that begins here; null if none does. */
    private static @Nullable String closing(String text, int at) {
        if (text.charAt(at) == '$' && (at == 0 || text.charAt(at - 1) != '\\')) {
            return text.startsWith("$$", at) ? "$$" : "$";
        }
        return text.startsWith("\\(", at) ? "\\)" : text.startsWith("\\[", at) ? "\\]" : null;
    }

    /** The sentence after the last "answer is" or "answer:". */
    private static @Nullable String afterAnswer(String text, boolean finalOnly) {
        for (int i = text.length() - ANSWER.length(); i >= 0; i--) {
            char c = text.charAt(i);
            if ((c == 'a' || c == 'A') && text.regionMatches(true, i, ANSWER, 0, ANSWER.length())) {
                int after = introduced(text, i, finalOnly);
                if (after >= 0) {
                    return statement(text, after);
                }
            }
        }
        return null;
    }

    /** Where the answer begins that the word "answer" here introduces; negative if it introduces none. */
    private static int introduced(String text, int at, boolean finalOnly) {
        int before = finalOnly ? at - FINAL.length() : at;
        boolean words = !finalOnly || before >= 0 && text.regionMatches(true, before, FINAL, 0, FINAL.length());
        if (!words || before > 0 && Character.isLetterOrDigit(text.charAt(before - 1))) {
            return -1;
        }
        int end = at + ANSWER.length();
        int next = skipped(text, end);
        boolean is = next > end && text.regionMatches(true, next, "is", 0, 2) && !letter(text, next + 2);
        if (is) {
            int colon = skipped(text, next + 2);
            return colon < text.length() && text.charAt(colon) == ':' ? colon + 1 : next + 2;
        }
        // "**Answer**: 25" and "Answer: 25", but not "The final answer: 25", which lacks the verb.
        int sign = finalOnly ? text.length() : text.startsWith("**", next) ? skipped(text, next + 2) : next;
        return sign < text.length() && (text.charAt(sign) == ':' || text.charAt(sign) == '=') ? sign + 1 : -1;
    }

    private static boolean letter(String text, int at) {
        return at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }

    private static int skipped(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The rest of a line, or the next line if that is empty, up to the end of its sentence. */
    private static String statement(String text, int from) {
        int start = from;
        while (start < text.length() && (Character.isWhitespace(text.charAt(start)) || text.charAt(start) == '*')) {
            start++;
        }
        if (text.startsWith("\\[", start) || text.startsWith("$$", start)) {
            int end = text.indexOf(text.startsWith("$$", start) ? "$$" : "\\]", start + 2);
            return end < 0 ? line(text, start) : text.substring(start + 2, end);
        }
        return sentence(line(text, start));
    }

    private static String line(String text, int from) {
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    /**
     * What stands in the last {@code \boxed{...}}, braces within it balanced. Of a box that is never closed the brace
     * stays, and nobody can read it.
     */
    private static @Nullable String boxed(String text) {
        int start = text.lastIndexOf(BOXED);
        if (start < 0) {
            return null;
        }
        int open = skipped(text, start + BOXED.length());
        if (open == text.length() || text.charAt(open) != '{') {
            // \boxed 5
            int end = open;
            while (end < text.length() && !Character.isWhitespace(text.charAt(end)) && text.charAt(end) != '$') {
                end++;
            }
            return text.substring(open, end);
        }
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean escaped = text.charAt(i - 1) == '\\';
            depth += c == '{' && !escaped ? 1 : c == '}' && !escaped ? -1 : 0;
            if (depth == 0) {
                return text.substring(open + 1, i);
            }
        }
        return text.substring(open);
    }

    /** Up to the sign that ends the sentence, which is none within a number or a formula. */
    private static String sentence(String line) {
        boolean dollars = line.chars().filter(c -> c == '$').count() % 2 == 0;
        boolean formula = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '$' && dollars) {
                formula = !formula;
            } else if (c == '\\' && (line.startsWith("\\(", i) || line.startsWith("\\)", i))) {
                formula = line.charAt(i + 1) == '(';
            } else if (!formula && (c == '.' || c == '!' || c == '?') && ends(line, i + 1)) {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private static boolean ends(String line, int at) {
        return at == line.length() || Character.isWhitespace(line.charAt(at)) || "*\"<".indexOf(line.charAt(at)) >= 0;
    }
}
