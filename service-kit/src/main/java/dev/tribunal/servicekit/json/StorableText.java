package dev.tribunal.servicekit.json;

/**
 * JSON can escape half of a surrogate pair ({@code "\\ud83d"}), which is not a character and which UTF-8 cannot say.
 * PostgreSQL's texts and JSON hold neither that nor NUL.
 */
public final class StorableText {

    private StorableText() {}

    /** Whether PostgreSQL can hold it. */
    public static boolean is(String text) {
        return !hasNul(text) && isWhole(text);
    }

    public static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    /** Whether it has no half of a surrogate pair. */
    public static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isHighSurrogate(text.charAt(i))
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** With U+FFFD in the place of halves of surrogate pairs. */
    public static String whole(String text) {
        if (isWhole(text)) {
            return text;
        }
        StringBuilder whole = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(whole::appendCodePoint);
        return whole.toString();
    }

    /** With U+FFFD in the place of NUL and of halves of surrogate pairs. */
    public static String of(String text) {
        return whole(text).replace('\0', '\uFFFD');
    }
}
