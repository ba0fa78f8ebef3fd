package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Ball.Undefined;
import dev.tribunal.mathanswers.Expression.Constant;
import dev.tribunal.mathanswers.Expression.Function;
import dev.tribunal.mathanswers.Expression.Power;
import dev.tribunal.mathanswers.Expression.Product;
import dev.tribunal.mathanswers.Expression.Quotient;
import dev.tribunal.mathanswers.Expression.Sum;
import dev.tribunal.mathanswers.Expression.Symbol;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Values for the variables, at which expressions are computed: over the real numbers, where roots and logarithms of
 * negative numbers have no value but {@code (-8)^{1/3}} is -2, or over the complex ones with principal values.
 */
final class Point {

    /** A computation with more operations has no value: it is bounded in work, not in time, to be repeatable. */
    private static final int MAX_WORK = 3000;

    private static final int MAX_EXPONENT = 20_000;
    private static final Complex I = new Complex(Ball.ZERO, Ball.ONE);

    private final Map<String, BigDecimal> values;
    private final boolean real;
    private int work;

    Point(Map<String, BigDecimal> values, boolean real) {
        this.values = values;
        this.real = real;
    }

    record Complex(Ball real, Ball imaginary) {

        static Complex of(Ball real) {
            return new Complex(real, Ball.ZERO);
        }

        boolean isReal() {
            return imaginary.isExactZero();
        }

        Complex plus(Complex z) {
            return new Complex(real.plus(z.real), imaginary.plus(z.imaginary));
        }

        Complex times(Complex z) {
            return isReal() && z.isReal()
                    ? of(real.times(z.real))
                    : new Complex(
                            real.times(z.real).minus(imaginary.times(z.imaginary)),
                            real.times(z.imaginary).plus(imaginary.times(z.real)));
        }

        Complex over(Complex z) {
            if (z.isReal()) {
                return new Complex(real.over(z.real), isReal() ? Ball.ZERO : imaginary.over(z.real));
            }
            Ball square = z.real.times(z.real).plus(z.imaginary.times(z.imaginary));
            Complex product = times(new Complex(z.real, z.imaginary.negated()));
            return new Complex(product.real.over(square), product.imaginary.over(square));
        }

        Complex negated() {
            return new Complex(real.negated(), imaginary.negated());
        }

        Ball magnitude() {
            return isReal()
                    ? real.magnitude()
                    : real.times(real).plus(imaginary.times(imaginary)).squareRoot();
        }

        Complex exponential() {
            Ball size = real.exponential();
            return isReal() ? of(size) : new Complex(size.times(imaginary.cosine()), size.times(imaginary.sine()));
        }

        Complex logarithm() {
            return new Complex(magnitude().logarithm(), angle());
        }

        /** From -pi, which is not reached, to pi. */
        private Ball angle() {
            if (imaginary.isExactZero()) {
                return real.signum() < 0 ? Ball.PI : Ball.ZERO;
            }
            Ball half = Ball.PI.over(Ball.exact(BigDecimal.TWO));
            if (real.isExactZero()
                    || real.magnitude().middle().compareTo(imaginary.magnitude().middle()) < 0) {
                Ball rest = real.over(imaginary).arcTangent();
                return (imaginary.signum() > 0 ? half : half.negated()).minus(rest);
            }
            Ball slope = imaginary.over(real).arcTangent();
            if (real.signum() > 0) {
                return slope;
            }
            if (imaginary.touchesZero()) {
                throw new Undefined();
            }
            return imaginary.signum() > 0 ? slope.plus(Ball.PI) : slope.minus(Ball.PI);
        }

        /** Whether both can stand for the same number. */
        boolean touches(Complex z) {
            return real.touches(z.real) && imaginary.touches(z.imaginary);
        }

        boolean sharp() {
            return real.sharp() && imaginary.sharp();
        }
    }

    /** @throws Undefined if it has no value here, or none that can be computed with few operations */
    Complex value(Expression expression) {
        work = 0;
        return computed(expression);
    }

    private Complex computed(Expression expression) {
        if (++work > MAX_WORK) {
            throw new Undefined();
        }
        return switch (expression) {
            case Expression.Number(Fraction value) -> Complex.of(Ball.of(value));
            case Symbol(String name) -> Complex.of(Ball.exact(Objects.requireNonNull(values.get(name), name)));
            case Constant constant -> constant(constant);
            case Sum(Expression a, Expression b) -> computed(a).plus(computed(b));
            case Product(Expression a, Expression b) -> computed(a).times(computed(b));
            case Quotient(Expression a, Expression b) -> computed(a).over(computed(b));
            case Power(Expression base, Expression exponent) -> power(computed(base), exponent);
            case Expression.Call(Function function, List<Expression> arguments) ->
                call(function, arguments.stream().map(this::computed).toList());
        };
    }

    private Complex constant(Constant constant) {
        return switch (constant) {
            case PI -> Complex.of(Ball.PI);
            case E -> Complex.of(Ball.ONE.exponential());
            case DEGREE -> Complex.of(Ball.PI.over(Ball.exact(BigDecimal.valueOf(180))));
            case I -> real ? undefined() : I;
            case INFINITY -> undefined();
        };
    }

    private static Complex undefined() {
        throw new Undefined();
    }

    private Complex power(Complex base, Expression exponent) {
        if (exponent instanceof Expression.Number(Fraction n)) {
            if (n.whole()) {
                return wholePower(base, n.numerator());
            }
            if (base.isReal() && base.real().signum() >= 0) {
                return Complex.of(root(base.real(), n));
            }
            if (real) {
                return Complex.of(oddRoot(base.real(), n));
            }
        }
        Complex power = computed(exponent);
        if (power.isReal()
                && power.real().error().signum() == 0
                && whole(power.real().middle())) {
            return wholePower(base, power.real().middle().toBigIntegerExact());
        }
        if (base.isReal() && base.real().isExactZero() && power.real().signum() > 0) {
            return Complex.of(Ball.ZERO);
        }
        if (real && base.real().signum() <= 0) {
            return undefined();
        }
        return power.times(base.logarithm()).exponential();
    }

    private static boolean whole(BigDecimal value) {
        return value.signum() == 0
                || value.scale() <= 0
                || value.stripTrailingZeros().scale() <= 0;
    }

    private static Complex wholePower(Complex base, BigInteger exponent) {
        if (exponent.signum() == 0) {
            return Complex.of(Ball.ONE);
        }
        if (exponent.bitLength() > 40) {
            return undefined();
        }
        if (exponent.abs().compareTo(BigInteger.valueOf(MAX_EXPONENT)) > 0) {
            Complex power = Complex.of(Ball.exact(new BigDecimal(exponent)));
            if (base.isReal() && base.real().signum() < 0) {
                Complex size = power.times(base.negated().logarithm()).exponential();
                return exponent.testBit(0) ? size.negated() : size;
            }
            return power.times(base.logarithm()).exponential();
        }
        int n = exponent.intValueExact();
        if (base.isReal()) {
            return Complex.of(base.real().power(n));
        }
        Complex result = Complex.of(Ball.ONE);
        Complex square = base;
        for (int rest = Math.abs(n); rest > 0; rest >>= 1) {
            result = (rest & 1) == 1 ? result.times(square) : result;
            square = rest > 1 ? square.times(square) : square;
        }
        return n < 0 ? Complex.of(Ball.ONE).over(result) : result;
    }

    private static Ball root(Ball base, Fraction exponent) {
        if (base.signum() == 0) {
            return exponent.signum() > 0 ? base : base.logarithm();
        }
        boolean square = exponent.denominator().equals(BigInteger.TWO)
                && exponent.numerator().bitLength() < 12;
        return square
                ? base.squareRoot().power(exponent.numerator().intValue())
                : Ball.of(exponent).times(base.logarithm()).exponential();
    }

    /** A real root of a negative number: there is one if the denominator is odd. */
    private static Ball oddRoot(Ball base, Fraction exponent) {
        if (!exponent.denominator().testBit(0)) {
            // The square root of a 0 that rounding made negative.
            return exponent.denominator().equals(BigInteger.TWO)
                    ? base.squareRoot().power(exponent.numerator().intValue())
                    : undefined().real();
        }
        Ball size = root(base.negated(), exponent);
        return exponent.numerator().testBit(0) ? size.negated() : size;
    }

    private Complex call(Function function, List<Complex> arguments) {
        work += 10;
        Complex z = arguments.getFirst();
        return switch (function) {
            case SIN -> sine(z);
            case COS -> cosine(z);
            case TAN -> sine(z).over(cosine(z));
            case COT -> cosine(z).over(sine(z));
            case SEC -> Complex.of(Ball.ONE).over(cosine(z));
            case CSC -> Complex.of(Ball.ONE).over(sine(z));
            case ARCSIN -> Complex.of(arcSine(only(z)));
            case ARCCOS -> Complex.of(Ball.PI.over(Ball.exact(BigDecimal.TWO)).minus(arcSine(only(z))));
            case ARCTAN -> Complex.of(only(z).arcTangent());
            case SINH -> half(z.exponential().plus(z.negated().exponential().negated()));
            case COSH -> half(z.exponential().plus(z.negated().exponential()));
            case TANH -> call(Function.SINH, arguments).over(call(Function.COSH, arguments));
            case LN, LOG -> real ? Complex.of(z.real().logarithm()) : z.logarithm();
            case ABS -> Complex.of(z.magnitude());
            case FLOOR -> Complex.of(rounded(only(z), RoundingMode.FLOOR));
            case CEIL -> Complex.of(rounded(only(z), RoundingMode.CEILING));
            case FACTORIAL -> Complex.of(factorial(only(z)));
            case BINOMIAL -> Complex.of(binomial(only(z), only(arguments.getLast())));
        };
    }

    private static Ball only(Complex z) {
        return z.isReal() ? z.real() : undefined().real();
    }

    private static Complex half(Complex z) {
        return z.over(Complex.of(Ball.exact(BigDecimal.TWO)));
    }

    private Complex sine(Complex z) {
        return z.isReal()
                ? Complex.of(z.real().sine())
                : half(turned(z).plus(turned(z.negated()).negated())).over(I);
    }

    private Complex cosine(Complex z) {
        return z.isReal() ? Complex.of(z.real().cosine()) : half(turned(z).plus(turned(z.negated())));
    }

    private static Complex turned(Complex z) {
        return z.times(I).exponential();
    }

    /** arctan(x / sqrt(1 - x^2)). */
    private static Ball arcSine(Ball x) {
        Ball rest = Ball.ONE.minus(x.times(x));
        if (rest.isExactZero()) {
            Ball quarter = Ball.PI.over(Ball.exact(BigDecimal.TWO));
            return x.signum() < 0 ? quarter.negated() : quarter;
        }
        return x.over(rest.squareRoot()).arcTangent();
    }

    private static Ball rounded(Ball x, RoundingMode mode) {
        BigDecimal low = x.middle().subtract(x.error()).setScale(0, mode);
        BigDecimal high = x.middle().add(x.error()).setScale(0, mode);
        return low.compareTo(high) == 0 ? Ball.exact(low) : undefined().real();
    }

    private static int small(Ball x) {
        boolean fits = x.error().signum() == 0
                && whole(x.middle())
                && x.signum() >= 0
                && x.middle().compareTo(BigDecimal.valueOf(Expression.MAX_FACTORIAL)) <= 0;
        return fits ? x.middle().intValueExact() : undefined().hashCode();
    }

    private static Ball factorial(Ball x) {
        Ball product = Ball.ONE;
        for (int i = 2, n = small(x); i <= n; i++) {
            product = product.times(Ball.exact(BigDecimal.valueOf(i)));
        }
        return product;
    }

    private static Ball binomial(Ball top, Ball bottom) {
        Ball product = Ball.ONE;
        for (int i = 1, k = small(bottom); i <= k; i++) {
            product = product.times(top.minus(Ball.exact(BigDecimal.valueOf(i - 1))))
                    .over(Ball.exact(BigDecimal.valueOf(i)));
        }
        return product;
    }
}
