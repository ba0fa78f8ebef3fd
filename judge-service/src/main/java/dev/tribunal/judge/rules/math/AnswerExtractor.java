package dev.tribunal.judge.rules.math;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the words in which a text gives its answer. The last place counts: a text may correct itself. */
final class AnswerExtractor {

    private static final Pattern FINAL_ANSWER =
            Pattern.compile("\\bthe final answer is\\b\\s*:?", Pattern.CASE_INSENSITIVE);
    private static final Pattern ANSWER =
            Pattern.compile("\\banswer(?:\\s+is\\b\\s*:?|\\s*[:=])", Pattern.CASE_INSENSITIVE);
    private static final Pattern HASHES = Pattern.compile("####");
    private static final String BOXED = "\\boxed";

    private AnswerExtractor() {}

    /** The sentence "The final answer is ...", and nothing else. */
    static @Nullable String finalAnswer(String text) {
        String answer = last(FINAL_ANSWER, text);
        if (answer == null) {
            return null;
        }
        String boxed = boxed(answer);
        return boxed != null ? boxed : sentence(answer);
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
        String hashes = last(HASHES, text);
        if (hashes != null) {
            return hashes;
        }
        String answer = last(ANSWER, text);
        return answer == null ? null : sentence(answer);
    }

    /** The rest of the line after the last place where the words stand. */
    private static @Nullable String last(Pattern words, String text) {
        Matcher matcher = words.matcher(text);
        int end = -1;
        while (matcher.find()) {
            end = matcher.end();
        }
        return end < 0 ? null : text.substring(end).lines().findFirst().orElse("");
    }

    /** What stands in the last {@code \boxed{...}}, braces within it balanced. */
    private static @Nullable String boxed(String text) {
        int start = text.lastIndexOf(BOXED);
        if (start < 0) {
            return null;
        }
        int open = start + BOXED.length();
        while (open < text.length() && Character.isWhitespace(text.charAt(open))) {
            open++;
        }
        if (open == text.length() || text.charAt(open) != '{') {
            return null;
        }
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return text.substring(open + 1, i);
            }
        }
        return null;
    }

    /** Up to the period that ends the sentence, which is not one within a number. */
    private static String sentence(String text) {
        String[] parts = text.split("[.!?](?=\\s|$|\\*|\"|<)", 2);
        return parts[0];
    }
}
