package dev.tribunal.judge.protocols.grader;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;

/**
 * A multi grader's {@code calculate_output}: numbers, names of graders, {@code + - * / ^}, parentheses, and the
 * functions {@code min max abs floor ceil exp sqrt log}.
 */
final class Formula {

    private static final int MAX_LENGTH = 1_000;
    private static final int MAX_DEPTH = 100;
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = Map.of(
            "abs", Math::abs,
            "floor", Math::floor,
            "ceil", Math::ceil,
            "exp", Math::exp,
            "sqrt", Math::sqrt,
            "log", Math::log);

    /** A part of the formula, given the graders' scores. */
    @FunctionalInterface
    private interface Term {
        double of(Map<String, Double> scores);
    }

    private final String text;
    private final Set<String> names = new TreeSet<>();
    private final Term value;
    private int at;
    private int depth;

    /** @throws IllegalArgumentException with what is wrong and where */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Formula of(String text) {
        return new Formula(text);
    }

    Formula(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("has " + text.length() + " characters, more than " + MAX_LENGTH);
        }
        this.text = text;
        this.value = sum();
        if (peek() != 0) {
            throw wrong("is not understood");
        }
    }

    /** Of the graders that it needs. */
    Set<String> names() {
        return names;
    }

    /**
     * @param scores of at least the {@link #names}
     * @return possibly not finite: a division by zero, a logarithm of nothing
     */
    double evaluate(Map<String, Double> scores) {
        return value.of(scores);
    }

    private Term sum() {
        Term left = product();
        while (peek() == '+' || peek() == '-') {
            Term sofar = left;
            boolean plus = next() == '+';
            Term right = product();
            left = scores -> plus ? sofar.of(scores) + right.of(scores) : sofar.of(scores) - right.of(scores);
        }
        return left;
    }

    private Term product() {
        Term left = signed();
        while (peek() == '*' || peek() == '/') {
            Term sofar = left;
            boolean times = next() == '*';
            Term right = signed();
            left = scores -> times ? sofar.of(scores) * right.of(scores) : sofar.of(scores) / right.of(scores);
        }
        return left;
    }

    /** A sign binds less than a power: -2^2 is -4. */
    private Term signed() {
        if (peek() != '-') {
            return power();
        }
        next();
        deeper();
        Term operand = signed();
        depth--;
        return scores -> -operand.of(scores);
    }

    /** To the right: 2^3^2 is 2^9. */
    private Term power() {
        Term base = atom();
        if (peek() != '^') {
            return base;
        }
        next();
        deeper();
        Term exponent = signed();
        depth--;
        return scores -> Math.pow(base.of(scores), exponent.of(scores));
    }

    private Term atom() {
        char first = peek();
        if (first == '(') {
            next();
            deeper();
            Term inner = sum();
            depth--;
            expect(')');
            return inner;
        }
        if (Character.isDigit(first) || first == '.') {
            double number = number();
            return scores -> number;
        }
        String name = name();
        if (peek() == '(') {
            return function(name);
        }
        names.add(name);
        return scores -> Objects.requireNonNull(scores.get(name), name);
    }

    private void deeper() {
        if (++depth > MAX_DEPTH) {
            throw wrong("is nested more than " + MAX_DEPTH + " deep");
        }
    }

    private Term function(String name) {
        next();
        deeper();
        Term first = sum();
        depth--;
        if (name.equals("min") || name.equals("max")) {
            return extreme(name.equals("min"), first);
        }
        DoubleUnaryOperator function = FUNCTIONS.get(name);
        if (function == null) {
            throw wrong("calls '" + name + "', which is none of min, max, abs, floor, ceil, exp, sqrt, log");
        }
        expect(')');
        return scores -> function.applyAsDouble(first.of(scores));
    }

    private Term extreme(boolean least, Term first) {
        Term found = first;
        while (peek() == ',') {
            next();
            Term sofar = found;
            Term other = sum();
            found = scores ->
                    least ? Math.min(sofar.of(scores), other.of(scores)) : Math.max(sofar.of(scores), other.of(scores));
        }
        expect(')');
        return found;
    }

    private double number() {
        int start = at;
        while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            at++;
        }
        try {
            return Double.parseDouble(text.substring(start, at));
        } catch (NumberFormatException e) {
            throw wrong("has no number '" + text.substring(start, at) + "'");
        }
    }

    private String name() {
        peek();
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        if (start == at) {
            throw wrong("lacks a number or a grader's name");
        }
        return text.substring(start, at);
    }

    private void expect(char expected) {
        if (peek() != expected) {
            throw wrong("lacks a '" + expected + "'");
        }
        next();
    }

    /** The next character that is not a space; 0 at the end. */
    private char peek() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at < text.length() ? text.charAt(at) : 0;
    }

    private char next() {
        char next = peek();
        at++;
        return next;
    }

    private IllegalArgumentException wrong(String what) {
        int character = Math.min(at, text.length()) + 1;
        return new IllegalArgumentException("'" + text + "' " + what + ", at character " + character);
    }

    @Override
    public String toString() {
        return text;
    }
}
