package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** A place in a text's tokens, and how deep the readers are in its brackets. */
final class Cursor {

    private static final int MAX_DEPTH = 50;

    /** What a plus-minus sign is read as this time. */
    final boolean plus;

    private final List<Token> tokens;
    private int at;
    private int depth;

    Cursor(List<Token> tokens, boolean plus) {
        this.tokens = new ArrayList<>(tokens);
        this.plus = plus;
    }

    Token peek() {
        return tokens.get(at);
    }

    /** The token {@code ahead} places further, or the end. */
    Token peek(int ahead) {
        return tokens.get(Math.min(at + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    /** The first digit of a number, which leaves the others: {@code \frac12} is a half. */
    Token nextDigit() {
        Token token = peek();
        if (token.text().length() < 2 || !token.text().chars().allMatch(c -> c >= '0' && c <= '9')) {
            return next();
        }
        tokens.set(at, number(token.text().substring(1)));
        return number(token.text().substring(0, 1));
    }

    private static Token number(String digits) {
        return new Token(Kind.NUMBER, digits, new Fraction(new BigInteger(digits), BigInteger.ONE), false);
    }

    boolean atEnd() {
        return peek().kind() == Kind.END;
    }

    boolean take(String sign) {
        if (peek().is(sign)) {
            next();
            return true;
        }
        return false;
    }

    boolean takeCommand(String name) {
        if (peek().command(name)) {
            next();
            return true;
        }
        return false;
    }

    void expect(String sign) {
        if (!take(sign)) {
            throw unexpected();
        }
    }

    Unreadable unexpected() {
        return new Unreadable(atEnd() ? "it ends too early" : "'" + shown() + "' is not understood where it stands");
    }

    private String shown() {
        return (peek().kind() == Kind.COMMAND ? "\\" : "") + peek().text();
    }

    /** One step further into brackets, arguments or exponents. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new Unreadable("it is nested more than " + MAX_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }

    /** Whether a matrix begins so many tokens further, perhaps within brackets. */
    boolean beginsMatrix(int ahead) {
        Token token = peek(ahead);
        boolean bracket = token.is("(") || token.is("[") || token.is("{") || token.is("\\{") || token.is("|");
        return token.command("begin") || bracket && peek(ahead + 1).command("begin");
    }

    /** Whether the bracket that opens here holds a comma or semicolon of its own. */
    boolean bracketHoldsList() {
        int open = 0;
        for (int i = at; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.SIGN) {
                switch (token.text()) {
                    case "(", "[", "{", "\\{" -> open++;
                    case ")", "]", "}", "\\}" -> open--;
                    case ",", ";" -> {
                        if (open == 1) {
                            return true;
                        }
                    }
                    default -> {}
                }
            }
            if (open == 0) {
                return false;
            }
        }
        return false;
    }
}
