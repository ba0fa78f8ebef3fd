package dev.tribunal.mathanswers;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings the ways in which files and models write the same signs to one: other scripts' digits, doubled backslashes. */
final class Writing {

    private static final int FULL_WIDTH = 0xFEE0;

    /** Escaped for JSON twice, each backslash is two; three times, four. */
    private static final int MAX_HALVINGS = 3;

    private static final Pattern BACKSLASHES = Pattern.compile("(\\\\+)((?:[A-Za-z]{2}|[,;:!%$|(){}\\[\\]])?)");

    /** What worked solutions of grade school sums note beside a number: {@code <<2+3=5>>5}. */
    private static final Pattern CALCULATION = Pattern.compile("<<[^<>\\n]{0,200}>>");

    private Writing() {}

    /** @return the text itself if nothing in it is to be changed */
    static String plain(String text) {
        return single(characters(text.contains("<<") ? CALCULATION.matcher(text).replaceAll("") : text));
    }

    private static String characters(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) < 128 && text.charAt(at) != '\f' && text.charAt(at) != '\b') {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        StringBuilder plain = new StringBuilder(text.length()).append(text, 0, at);
        while (at < text.length()) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            append(plain, point, text, at);
        }
        return plain.toString();
    }

    private static void append(StringBuilder plain, int point, String text, int next) {
        if (point < 128) {
            append(plain, (char) point, text, next);
        } else if (Character.isDigit(point)) {
            plain.append(Character.digit(point, 10));
        } else if (point > 0xFF00 && point < 0xFF5F) {
            plain.append((char) (point - FULL_WIDTH));
        } else {
            switch (point) {
                case 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF -> {} // of no width
                case 0xA0, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x202F -> space(plain, text, next);
                case 0x066B -> plain.append('.');
                case 0x066C -> plain.append(',');
                case 0x3002 -> plain.append(". ");
                case 0x3001 -> plain.append(", ");
                case 0x2018, 0x2019 -> plain.append('\'');
                default -> plain.appendCodePoint(point);
            }
        }
    }

    /** LaTeX whose backslash a JSON reader took for an escape: a form feed and "rac", a backspace and "oxed". */
    private static void append(StringBuilder plain, char c, String text, int next) {
        boolean letter = next < text.length() && Character.isLetter(text.charAt(next));
        switch (c) {
            case '\f' -> plain.append(letter ? "\\f" : " ");
            case '\b' -> plain.append(letter ? "\\b" : "");
            default -> plain.append(c);
        }
    }

    /** A narrow or fixed space, which between a digit and three more groups thousands. */
    private static void space(StringBuilder plain, String text, int next) {
        boolean after = !plain.isEmpty() && asciiDigit(plain.charAt(plain.length() - 1));
        boolean group = next + 3 <= text.length()
                && text.substring(next, next + 3).chars().allMatch(Character::isDigit)
                && (next + 3 == text.length() || !Character.isDigit(text.charAt(next + 3)));
        if (!after || !group) {
            plain.append(' ');
        }
    }

    private static boolean asciiDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Each backslash once, if all of them are doubled: in a matrix, whose commands have one, two end a row. */
    static String single(String text) {
        String single = text;
        for (int i = 0; i < MAX_HALVINGS && single.contains("\\\\") && doubled(single); i++) {
            single = single.replace("\\\\", "\\");
        }
        return single;
    }

    private static boolean doubled(String text) {
        Matcher run = BACKSLASHES.matcher(text);
        boolean command = false;
        while (run.find()) {
            if (run.group(1).length() % 2 != 0) {
                return false;
            }
            command |= !run.group(2).isEmpty();
        }
        return command;
    }
}
