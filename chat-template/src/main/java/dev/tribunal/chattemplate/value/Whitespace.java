package dev.tribunal.chattemplate.value;

/** What Python takes for white space; Java's sets differ. */
public final class Whitespace {

    private Whitespace() {}

    public static boolean is(int character) {
        return switch (character) {
            case ' ', 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
            default ->
                character >= 9 && character <= 13
                        || character >= 0x1c && character <= 0x1f
                        || character >= 0x2000 && character <= 0x200a;
        };
    }

    /** Where Python's {@code splitlines} ends a line; a carriage return and line feed together end one. */
    static boolean endsLine(int character) {
        return character >= 10 && character <= 13
                || character >= 0x1c && character <= 0x1e
                || character == 0x85
                || character == 0x2028
                || character == 0x2029;
    }

    /** Not empty, and nothing else. */
    public static boolean isBlank(String text) {
        return !text.isEmpty() && text.chars().allMatch(Whitespace::is);
    }

    public static String stripTrailing(String text) {
        int end = text.length();
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static String stripLeading(String text) {
        int start = 0;
        while (start < text.length() && is(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }
}
