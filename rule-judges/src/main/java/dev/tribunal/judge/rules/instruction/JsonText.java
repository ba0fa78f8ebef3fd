package dev.tribunal.judge.rules.instruction;

/**
 * Whether a text is JSON to Python's {@code json.loads}: NaN, Infinity and -Infinity are values, half a surrogate
 * pair is a character, and a whole number may have at most 4300 digits. Jackson takes and refuses other things.
 */
final class JsonText {

    private static final int MAX_DEPTH = 900;
    private static final int MAX_INTEGER_DIGITS = 4300;

    private final String text;
    private int at;

    private JsonText(String text) {
        this.text = text;
    }

    static boolean isValid(String text) {
        JsonText json = new JsonText(text);
        return json.value(0) && json.skipSpace() == text.length();
    }

    private boolean value(int depth) {
        skipSpace();
        return switch (depth > MAX_DEPTH ? 0 : peek()) {
            case '{' -> group('}', true, depth);
            case '[' -> group(']', false, depth);
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            case 'N' -> word("NaN");
            case 'I' -> word("Infinity");
            case '-' -> word("-Infinity") || number();
            default -> number();
        };
    }

    /** An object, whose entries have names, or an array. */
    private boolean group(char close, boolean named, int depth) {
        at++;
        skipSpace();
        if (take(close)) {
            return true;
        }
        do {
            skipSpace();
            if (named && !(peek() == '"' && string() && skipSpace() < text.length() && take(':'))) {
                return false;
            }
            if (!value(depth + 1)) {
                return false;
            }
            skipSpace();
        } while (take(','));
        return take(close);
    }

    private boolean string() {
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c < ' ' || c == '\\' && !escape()) {
                return false;
            }
        }
        return false;
    }

    private boolean escape() {
        char c = peek();
        at++;
        if (c != 'u') {
            return c != 0 && "\"\\/bfnrt".indexOf(c) >= 0;
        }
        int start = at;
        while (at < text.length() && at < start + 4 && isHexDigit(text.charAt(at))) {
            at++;
        }
        return at == start + 4;
    }

    /** What follows a number, be it another digit, is for the caller to refuse. */
    private boolean number() {
        take('-');
        int start = at;
        if (!take('0') && digits() == 0) {
            return false;
        }
        int whole = at;
        fractionOrExponent(".", "");
        fractionOrExponent("eE", "+-");
        return at > whole || whole - start <= MAX_INTEGER_DIGITS;
    }

    private void fractionOrExponent(String marks, String signs) {
        int start = at;
        if (peek() != 0 && marks.indexOf(peek()) >= 0) {
            at++;
            if (peek() != 0 && signs.indexOf(peek()) >= 0) {
                at++;
            }
            if (digits() == 0) {
                at = start;
            }
        }
    }

    private int digits() {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        return at - start;
    }

    private boolean word(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return false;
    }

    private boolean take(char c) {
        if (peek() == c) {
            at++;
            return true;
        }
        return false;
    }

    private int skipSpace() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
            at++;
        }
        return at;
    }

    /** The next character; zero, which no JSON has outside of strings, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private static boolean isHexDigit(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }
}
