package dev.tribunal.chattemplate.syntax;

import dev.tribunal.chattemplate.TemplateException;

/** Python's escapes in strings. */
final class Escapes {

    private Escapes() {}

    /** A backslash before anything else than an escape stays, as in Python. */
    static String unescape(String text, int line) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> plain.append(escape);
                case 'a' -> plain.append('\u0007');
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'v' -> plain.append('\u000b');
                case 'x' -> i = codePoint(text, i, 2, line, plain);
                case 'u' -> i = codePoint(text, i, 4, line, plain);
                case 'U' -> i = codePoint(text, i, 8, line, plain);
                case 'N' -> throw new TemplateException(line, "the escape \\N{...} is not supported: write \\u");
                default -> {
                    int end = i;
                    while (end < text.length() && end < i + 3 && text.charAt(end) >= '0' && text.charAt(end) <= '7') {
                        end++;
                    }
                    if (end > i) {
                        plain.append((char) Integer.parseInt(text.substring(i, end), 8));
                        i = end - 1;
                    } else {
                        plain.append('\\').append(escape);
                    }
                }
            }
        }
        return plain.toString();
    }

    /** The index of the last digit. */
    private static int codePoint(String text, int index, int digits, int line, StringBuilder plain) {
        int end = index + 1 + digits;
        String hex = text.substring(index + 1, Math.min(end, text.length()));
        boolean digitsOnly = hex.matches("[0-9a-fA-F]{" + digits + "}");
        if (!digitsOnly || !Character.isValidCodePoint(Integer.parseUnsignedInt(hex, 16))) {
            throw new TemplateException(
                    line, "\\" + text.charAt(index) + " needs " + digits + " hexadecimal digits of a character");
        }
        plain.appendCodePoint(Integer.parseUnsignedInt(hex, 16));
        return end - 1;
    }
}
