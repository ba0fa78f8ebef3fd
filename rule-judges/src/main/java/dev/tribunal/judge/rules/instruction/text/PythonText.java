package dev.tribunal.judge.rules.instruction.text;

import java.util.Locale;

/** What Python's strings do, where Java's do it differently. */
public final class PythonText {

    private PythonText() {}

    /** {@code str.strip()} */
    public static String strip(String text) {
        int start = 0;
        int end = endWithoutSpace(text);
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        return text.substring(start, end);
    }

    /** {@code str.rstrip()} */
    public static String stripRight(String text) {
        return text.substring(0, endWithoutSpace(text));
    }

    private static int endWithoutSpace(String text) {
        int end = text.length();
        while (end > 0 && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** {@code str.strip(c)} */
    public static String strip(String text, char c) {
        return stripRight(stripLeft(text, c), c);
    }

    /** {@code str.lstrip(c)} */
    public static String stripLeft(String text, char c) {
        int start = 0;
        while (start < text.length() && text.charAt(start) == c) {
            start++;
        }
        return text.substring(start);
    }

    /** {@code str.rstrip(c)} */
    public static String stripRight(String text, char c) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == c) {
            end--;
        }
        return text.substring(0, end);
    }

    public static boolean isBlank(String text) {
        return isBlank(text, 0, text.length());
    }

    public static boolean isBlank(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isSpace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    public static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** {@code str.isupper()}: something has case, and nothing is lower. */
    public static boolean isUpper(String text) {
        return isUpper(text, 0, text.length());
    }

    public static boolean isUpper(String text, int from, int to) {
        return hasCase(text, from, to, true);
    }

    /** {@code str.islower()}: something has case, and nothing is upper. */
    public static boolean isLower(String text) {
        return hasCase(text, 0, text.length(), false);
    }

    private static boolean hasCase(String text, int from, int to, boolean upper) {
        boolean found = false;
        for (int i = from; i < to; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isTitleCase(c) || (upper ? Character.isLowerCase(c) : Character.isUpperCase(c))) {
                return false;
            }
            found |= upper ? Character.isUpperCase(c) : Character.isLowerCase(c);
        }
        return found;
    }

    /** {@code str.removeprefix(prefix)} */
    public static String removePrefix(String text, String prefix) {
        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
    }

    /** {@code str.removesuffix(suffix)} */
    public static String removeSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }

    /** {@code str.isspace()} of one character, and {@code \s} of Python's {@code re}. */
    public static boolean isSpace(char c) {
        if (c < 0x80) {
            return c == ' ' || c >= '\t' && c <= '\r' || c >= 0x1c && c <= 0x1f;
        }
        return Character.isSpaceChar(c) || c == '\u0085';
    }

    /** {@code \s} of Unicode and of the {@code regex} package: without the separators of ASCII. */
    static boolean isUnicodeSpace(char c) {
        return isSpace(c) && !(c >= 0x1c && c <= 0x1f);
    }

    /** {@code \w} of Python's {@code re}: letters, numbers of every kind and the underscore, but no combining marks. */
    static boolean isWordCharacter(int c) {
        if (c < 0x80) {
            return isAsciiWordCharacter(c);
        }
        return Character.isLetterOrDigit(c)
                || Character.getType(c) == Character.LETTER_NUMBER
                || Character.getType(c) == Character.OTHER_NUMBER;
    }

    /** {@code \w} of Unicode (UTS 18) and of the {@code regex} package: combining marks are in, {@code ½} is not. */
    public static boolean isUnicodeWordCharacter(int c) {
        if (c < 0x80) {
            return isAsciiWordCharacter(c);
        }
        return Character.isAlphabetic(c)
                || switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK,
                            Character.ENCLOSING_MARK,
                            Character.COMBINING_SPACING_MARK,
                            Character.DECIMAL_DIGIT_NUMBER,
                            Character.CONNECTOR_PUNCTUATION -> true;
                    default -> c == 0x200c || c == 0x200d;
                };
    }

    private static boolean isAsciiWordCharacter(int c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }
}
