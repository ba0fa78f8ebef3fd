package dev.tribunal.mathanswers;

import cc.redberry.rings.Rational;
import cc.redberry.rings.Rings;
import cc.redberry.rings.bigint.BigInteger;
import cc.redberry.rings.poly.multivar.MonomialOrder;
import cc.redberry.rings.poly.multivar.MultivariateDivision;
import cc.redberry.rings.poly.multivar.MultivariatePolynomial;
import dev.tribunal.mathanswers.Expression.Constant;
import dev.tribunal.mathanswers.Expression.Power;
import dev.tribunal.mathanswers.Expression.Product;
import dev.tribunal.mathanswers.Expression.Quotient;
import dev.tribunal.mathanswers.Expression.Sum;
import dev.tribunal.mathanswers.Expression.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Exact algebra: two expressions as quotients of polynomials over the rational numbers. Roots of numbers and the
 * imaginary unit are adjoined with their equations ({@code s^2 = 2}), anything else that is not a rational operation is
 * one more variable. So a proof of equality holds for all expressions, one of difference for rational ones only.
 */
final class Algebra {

    enum Finding {
        EQUAL,
        DIFFERENT,
        OPEN
    }

    private static final int MAX_VARIABLES = 16;
    private static final int MAX_TERMS = 2_000;
    private static final int MAX_EXPONENT = 64;

    private final Map<Expression, Integer> variables = new LinkedHashMap<>();
    private final List<MultivariatePolynomial<Rational<BigInteger>>> equations = new ArrayList<>();
    private boolean rational = true;

    private Algebra() {}

    /** Too much work for what it is worth. */
    private static final class TooLarge extends RuntimeException {
        private TooLarge() {
            super("too large", null, false, false);
        }
    }

    private record Ratio(
            MultivariatePolynomial<Rational<BigInteger>> top, MultivariatePolynomial<Rational<BigInteger>> bottom) {}

    static Finding compare(Expression a, Expression b) {
        Algebra algebra = new Algebra();
        try {
            algebra.collect(a);
            algebra.collect(b);
            if (algebra.variables.size() > MAX_VARIABLES) {
                return Finding.OPEN;
            }
            return algebra.compared(a, b);
        } catch (TooLarge tooLarge) {
            return Finding.OPEN;
        }
    }

    private Finding compared(Expression a, Expression b) {
        for (Map.Entry<Expression, Integer> variable : variables.entrySet()) {
            addEquation(variable.getKey(), variable.getValue());
        }
        Ratio x = ratio(a);
        Ratio y = ratio(b);
        if (x.bottom().isZero() || y.bottom().isZero()) {
            return Finding.OPEN;
        }
        MultivariatePolynomial<Rational<BigInteger>> difference =
                times(x.top(), y.bottom()).subtract(times(y.top(), x.bottom()));
        return reduced(difference).isZero() ? Finding.EQUAL : rational ? Finding.DIFFERENT : Finding.OPEN;
    }

    /** Gives a variable to whatever is none of the four operations and no number. */
    private void collect(Expression expression) {
        switch (expression) {
            case Expression.Number _ -> {}
            case Symbol symbol -> variables.putIfAbsent(symbol, variables.size());
            case Sum(Expression a, Expression b) -> both(a, b);
            case Product(Expression a, Expression b) -> both(a, b);
            case Quotient(Expression a, Expression b) -> both(a, b);
            case Power power -> {
                if (exponent(power) != 0) {
                    collect(power.base());
                } else {
                    atom(generator(power));
                }
            }
            case Constant constant -> atom(constant);
            case Expression.Call call -> atom(call);
        }
    }

    private void both(Expression a, Expression b) {
        collect(a);
        collect(b);
    }

    private void atom(Expression atom) {
        rational = false;
        variables.putIfAbsent(atom, variables.size());
    }

    /** The exponent if it is a whole one of moderate size, else 0. */
    private static int exponent(Power power) {
        if (power.exponent() instanceof Expression.Number(Fraction n)
                && n.whole()
                && n.numerator().bitLength() < 31
                && Math.abs(n.numerator().intValue()) <= MAX_EXPONENT) {
            return n.numerator().intValue();
        }
        return 0;
    }

    /** {@code 2^{5/3}} is a power of {@code 2^{1/3}}. */
    private static Expression generator(Power power) {
        return steps(power) == 0
                ? power
                : new Power(power.base(), new Expression.Number(new Fraction(java.math.BigInteger.ONE, degree(power))));
    }

    private static java.math.BigInteger degree(Power power) {
        return power.exponent() instanceof Expression.Number(Fraction n) ? n.denominator() : java.math.BigInteger.ONE;
    }

    /** How often a positive number's root is taken as a factor; 0 if the power is not such a root. */
    private static int steps(Power power) {
        boolean root = power.base() instanceof Expression.Number(Fraction x)
                && x.signum() > 0
                && power.exponent() instanceof Expression.Number(Fraction n)
                && !n.whole()
                && n.denominator().bitLength() < 5
                && n.numerator().bitLength() < 6;
        return root && power.exponent() instanceof Expression.Number(Fraction n)
                ? n.numerator().intValue()
                : 0;
    }

    private void addEquation(Expression atom, int variable) {
        if (atom == Constant.I) {
            equations.add(power(variable(variable), 2).add(number(Fraction.ONE)));
        } else if (atom instanceof Power(Expression.Number(Fraction base), Expression.Number(Fraction exponent))
                && base.signum() > 0
                && exponent.numerator().equals(java.math.BigInteger.ONE)
                && exponent.denominator().bitLength() < 5) {
            int degree = exponent.denominator().intValue();
            equations.add(power(variable(variable), degree).subtract(number(base)));
        }
    }

    private Ratio ratio(Expression expression) {
        return switch (expression) {
            case Expression.Number(Fraction value) -> whole(number(value));
            case Symbol symbol -> variableOf(symbol);
            case Constant constant -> variableOf(constant);
            case Expression.Call call -> variableOf(call);
            case Sum(Expression a, Expression b) -> sum(ratio(a), ratio(b));
            case Product(Expression a, Expression b) -> product(ratio(a), ratio(b));
            case Quotient(Expression a, Expression b) -> product(ratio(a), inverse(ratio(b)));
            case Power power -> {
                int exponent = exponent(power);
                yield exponent != 0
                        ? power(ratio(power.base()), exponent)
                        : power(variableOf(generator(power)), Math.max(1, Math.abs(steps(power))), steps(power) < 0);
            }
        };
    }

    private Ratio variableOf(Expression atom) {
        Integer variable = variables.get(atom);
        if (variable == null) {
            throw new IllegalStateException(atom + " has no variable");
        }
        return whole(variable(variable));
    }

    private static Ratio inverse(Ratio ratio) {
        return new Ratio(ratio.bottom(), ratio.top());
    }

    private Ratio sum(Ratio a, Ratio b) {
        return a.bottom().equals(b.bottom())
                ? new Ratio(reduced(a.top().copy().add(b.top())), a.bottom())
                : new Ratio(times(a.top(), b.bottom()).add(times(b.top(), a.bottom())), times(a.bottom(), b.bottom()));
    }

    private Ratio product(Ratio a, Ratio b) {
        return new Ratio(times(a.top(), b.top()), times(a.bottom(), b.bottom()));
    }

    private Ratio power(Ratio ratio, int exponent) {
        return power(ratio, Math.abs(exponent), exponent < 0);
    }

    private Ratio power(Ratio ratio, int exponent, boolean inverse) {
        Ratio power = new Ratio(power(ratio.top(), exponent), power(ratio.bottom(), exponent));
        return inverse ? inverse(power) : power;
    }

    private MultivariatePolynomial<Rational<BigInteger>> power(
            MultivariatePolynomial<Rational<BigInteger>> base, int exponent) {
        MultivariatePolynomial<Rational<BigInteger>> power = base;
        for (int i = 1; i < exponent; i++) {
            power = times(power, base);
        }
        return power;
    }

    private MultivariatePolynomial<Rational<BigInteger>> times(
            MultivariatePolynomial<Rational<BigInteger>> a, MultivariatePolynomial<Rational<BigInteger>> b) {
        if ((long) a.size() * b.size() > MAX_TERMS || bits(a) + bits(b) > Expression.MAX_BITS) {
            throw new TooLarge();
        }
        return reduced(a.copy().multiply(b));
    }

    private static int bits(MultivariatePolynomial<Rational<BigInteger>> polynomial) {
        return polynomial.isZero()
                ? 0
                : polynomial.lc().numerator().bitLength()
                        + polynomial.lc().denominator().bitLength();
    }

    private MultivariatePolynomial<Rational<BigInteger>> reduced(
            MultivariatePolynomial<Rational<BigInteger>> polynomial) {
        return equations.isEmpty() || polynomial.isConstant()
                ? polynomial
                : MultivariateDivision.remainder(polynomial, equations);
    }

    private Ratio whole(MultivariatePolynomial<Rational<BigInteger>> polynomial) {
        return new Ratio(polynomial, number(Fraction.ONE));
    }

    private MultivariatePolynomial<Rational<BigInteger>> variable(int index) {
        return zero().createMonomial(index, 1);
    }

    private MultivariatePolynomial<Rational<BigInteger>> number(Fraction value) {
        return zero().createConstant(new Rational<>(
                Rings.Z, new BigInteger(value.numerator()), new BigInteger(value.denominator())));
    }

    private MultivariatePolynomial<Rational<BigInteger>> zero() {
        return MultivariatePolynomial.zero(Math.max(1, variables.size()), Rings.Q, MonomialOrder.GREVLEX);
    }
}
