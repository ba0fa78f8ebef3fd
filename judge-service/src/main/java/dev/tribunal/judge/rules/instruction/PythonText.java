package dev.tribunal.judge.rules.instruction;

import java.util.Locale;
import java.util.regex.Pattern;

/** What Python's strings do, where Java's do it differently. */
final class PythonText {

    /** Python's {@code \w}: letters, numbers of every kind and the underscore, but no combining marks. */
    static final String WORD_CHARACTER = "[\\p{L}\\p{N}_]";

    static final Pattern WORD = Pattern.compile(WORD_CHARACTER + "+");

    /** Python's {@code \b}. */
    static final String WORD_BOUNDARY = "(?:(?<=%1$s)(?!%1$s)|(?<!%1$s)(?=%1$s))".formatted(WORD_CHARACTER);

    private static final Pattern SPACES = Pattern.compile("[\\s\\x1c-\\x1f]+", Pattern.UNICODE_CHARACTER_CLASS);

    private PythonText() {}

    /** {@code str.strip()} */
    static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** {@code str.strip(c)} */
    static String strip(String text, char c) {
        return stripRight(stripLeft(text, c), c);
    }

    /** {@code str.lstrip(c)} */
    static String stripLeft(String text, char c) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == c) {
            start++;
        }
        return text.substring(start);
    }

    /** {@code str.rstrip(c)} */
    static String stripRight(String text, char c) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == c) {
            end--;
        }
        return text.substring(0, end);
    }

    static boolean isBlank(String text) {
        return strip(text).isEmpty();
    }

    /** {@code str.split()} */
    static String[] split(String text) {
        String stripped = strip(text);
        return stripped.isEmpty() ? new String[0] : SPACES.split(stripped);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** {@code str.isupper()}: something has case, and nothing is lower. */
    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    /** {@code str.islower()}: something has case, and nothing is upper. */
    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    /** {@code str.removeprefix(prefix)} */
    static String removePrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    /** {@code str.removesuffix(suffix)} */
    static String removeSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
