package dev.tribunal.mathanswers;

import org.jspecify.annotations.Nullable;

/**
 * A piece of an answer's text.
 *
 * @param text a command's name without its backslash, a run of letters, a sign, or the digits as they stood
 * @param number the value, of a number only
 * @param spaced whether space stands before it
 */
record Token(Kind kind, String text, @Nullable Fraction number, boolean spaced) {

    enum Kind {
        NUMBER,
        LETTERS,
        /** What stands in {@code \text{...}}. */
        WORDS,
        COMMAND,
        SIGN,
        END
    }

    boolean is(String sign) {
        return kind == Kind.SIGN && text.equals(sign);
    }

    boolean command(String name) {
        return kind == Kind.COMMAND && text.equals(name);
    }
}
