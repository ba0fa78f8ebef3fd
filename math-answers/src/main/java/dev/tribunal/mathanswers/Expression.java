package dev.tribunal.mathanswers;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;

/**
 * A term that stands for a number. The factories below compute with exact numbers where they can: {@code 2 + 3} is
 * made as 5. What would take much room is left as it was written.
 */
sealed interface Expression {

    /** An exact number. */
    record Number(Fraction value) implements Expression {}

    /** A variable. */
    record Symbol(String name) implements Expression {}

    /** A number that no fraction equals. */
    enum Constant implements Expression {
        PI,
        E,
        I,
        /** A full turn's 360th part: pi/180, unless degrees are only the unit of a plain number. */
        DEGREE,
        INFINITY
    }

    record Sum(Expression left, Expression right) implements Expression {}

    record Product(Expression left, Expression right) implements Expression {}

    record Quotient(Expression top, Expression bottom) implements Expression {}

    /** Roots are powers too: the n-th root has the exponent 1/n. */
    record Power(Expression base, Expression exponent) implements Expression {}

    record Call(Function function, List<Expression> arguments) implements Expression {}

    /** What the judge can compute. {@code LOG} is written without a base: a text means e or 10. */
    enum Function {
        SIN,
        COS,
        TAN,
        COT,
        SEC,
        CSC,
        ARCSIN,
        ARCCOS,
        ARCTAN,
        SINH,
        COSH,
        TANH,
        LN,
        LOG,
        ABS,
        FLOOR,
        CEIL,
        FACTORIAL,
        BINOMIAL
    }

    /** Longer exact numbers are not computed. */
    int MAX_BITS = 8192;

    int MAX_FACTORIAL = 500;

    static Number of(long whole) {
        return new Number(Fraction.of(whole));
    }

    static Expression sum(Expression a, Expression b) {
        return a instanceof Number(Fraction x) && b instanceof Number(Fraction y) && small(x, y)
                ? new Number(x.plus(y))
                : new Sum(a, b);
    }

    static Expression product(Expression a, Expression b) {
        return a instanceof Number(Fraction x) && b instanceof Number(Fraction y) && small(x, y)
                ? new Number(x.times(y))
                : new Product(a, b);
    }

    /** A division by the number 0 stays one: it has no value anywhere. */
    static Expression quotient(Expression a, Expression b) {
        return a instanceof Number(Fraction x) && b instanceof Number(Fraction y) && y.signum() != 0 && small(x, y)
                ? new Number(x.over(y))
                : new Quotient(a, b);
    }

    static Expression negative(Expression a) {
        return a instanceof Number(Fraction x) ? new Number(x.negated()) : new Product(of(-1), a);
    }

    static Expression difference(Expression a, Expression b) {
        return sum(a, negative(b));
    }

    static Expression power(Expression base, Expression exponent) {
        if (exponent instanceof Number(Fraction n)
                && n.whole()
                && n.numerator().bitLength() < 16
                && base instanceof Number(Fraction x)
                && (x.signum() != 0 || n.signum() > 0)
                && (long) x.bits() * Math.abs(n.numerator().intValue()) <= MAX_BITS) {
            return new Number(x.power(n.numerator().intValue()));
        }
        return new Power(base, exponent);
    }

    static Expression root(Expression radicand, Expression index) {
        return new Power(radicand, quotient(of(1), index));
    }

    static Expression call(Function function, Expression... arguments) {
        if (function == Function.ABS && arguments[0] instanceof Number(Fraction x)) {
            return new Number(x.signum() < 0 ? x.negated() : x);
        }
        if (function == Function.FACTORIAL && arguments[0] instanceof Number(Fraction x) && x.whole()) {
            int n = x.numerator().bitLength() < 31 ? x.numerator().intValue() : Integer.MAX_VALUE;
            if (n >= 0 && n <= MAX_FACTORIAL) {
                BigInteger product = BigInteger.ONE;
                for (int i = 2; i <= n; i++) {
                    product = product.multiply(BigInteger.valueOf(i));
                }
                return new Number(new Fraction(product, BigInteger.ONE));
            }
        }
        return new Call(function, List.of(arguments));
    }

    private static boolean small(Fraction x, Fraction y) {
        return x.bits() <= MAX_BITS && y.bits() <= MAX_BITS;
    }

    /** The variables, each once. */
    static void symbols(Expression expression, SequencedSet<String> into) {
        switch (expression) {
            case Number _, Constant _ -> {}
            case Symbol symbol -> into.add(symbol.name());
            case Sum(Expression a, Expression b) -> both(a, b, into);
            case Product(Expression a, Expression b) -> both(a, b, into);
            case Quotient(Expression a, Expression b) -> both(a, b, into);
            case Power(Expression a, Expression b) -> both(a, b, into);
            case Call call -> call.arguments().forEach(argument -> symbols(argument, into));
        }
    }

    private static void both(Expression a, Expression b, SequencedSet<String> into) {
        symbols(a, into);
        symbols(b, into);
    }

    /** The same after a change of each part, from the leaves up. */
    static Expression mapped(Expression expression, UnaryOperator<Expression> change) {
        return change.apply(
                switch (expression) {
                    case Number _, Constant _, Symbol _ -> expression;
                    case Sum(Expression a, Expression b) -> sum(mapped(a, change), mapped(b, change));
                    case Product(Expression a, Expression b) -> product(mapped(a, change), mapped(b, change));
                    case Quotient(Expression a, Expression b) -> quotient(mapped(a, change), mapped(b, change));
                    case Power(Expression a, Expression b) -> power(mapped(a, change), mapped(b, change));
                    case Call(Function function, List<Expression> arguments) ->
                        call(
                                function,
                                arguments.stream()
                                        .map(argument -> mapped(argument, change))
                                        .toArray(Expression[]::new));
                });
    }

    /** The same with other expressions in the place of some variables. */
    static Expression substituted(Expression expression, Map<String, Expression> values) {
        return mapped(expression, part -> part instanceof Symbol(String name) ? values.getOrDefault(name, part) : part);
    }
}
