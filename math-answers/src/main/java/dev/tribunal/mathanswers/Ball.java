package dev.tribunal.mathanswers;

import ch.obermuhlner.math.big.BigDecimalMath;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A real number to about 50 digits with a bound on its error, which grows with each operation: what two balls that do
 * not touch stand for is certainly different.
 *
 * @param error not negative
 */
record Ball(BigDecimal middle, BigDecimal error) {

    private static final MathContext DIGITS = new MathContext(50);
    private static final MathContext ROUGH = new MathContext(4, RoundingMode.UP);
    private static final BigDecimal ROUNDING = new BigDecimal("1e-47");
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    /** Beyond it the exponential function's value has too many digits to be of use. */
    private static final BigDecimal MAX_LOGARITHM = BigDecimal.valueOf(50_000);

    /** Beyond it too many digits go into reducing an angle. */
    private static final BigDecimal MAX_ANGLE = new BigDecimal("1e12");

    private static final int MAX_SCALE = 100_000;

    static final Ball ZERO = exact(BigDecimal.ZERO);
    static final Ball ONE = exact(BigDecimal.ONE);
    static final Ball PI = rounded(BigDecimalMath.pi(DIGITS), BigDecimal.ZERO);

    /** An operation without a value here, such as a logarithm of 0, or one that is too large. */
    static final class Undefined extends RuntimeException {
        Undefined() {
            super("undefined", null, false, false);
        }
    }

    static Ball exact(BigDecimal value) {
        return new Ball(value, BigDecimal.ZERO);
    }

    static Ball of(Fraction fraction) {
        BigDecimal top = new BigDecimal(fraction.numerator());
        return fraction.whole() && fraction.bits() < 160
                ? exact(top)
                : rounded(top.divide(new BigDecimal(fraction.denominator()), DIGITS), BigDecimal.ZERO);
    }

    /** A computed value with the error that its operands brought and that of its own rounding. */
    private static Ball rounded(BigDecimal value, BigDecimal error) {
        if (Math.abs(order(value)) > MAX_SCALE) {
            throw new Undefined();
        }
        return new Ball(value, error.add(value.abs().multiply(ROUNDING, ROUGH), ROUGH));
    }

    Ball plus(Ball other) {
        BigDecimal inherited = error.add(other.error, ROUGH);
        if (Math.abs(order(middle) - order(other.middle)) > DIGITS.getPrecision()) {
            // Far apart: an exact sum would be long.
            return rounded(middle.add(other.middle, DIGITS), inherited);
        }
        BigDecimal sum = middle.add(other.middle);
        // Short sums are exact, so that sums of short numbers that cancel are 0 and not nearly 0.
        return sum.precision() <= DIGITS.getPrecision()
                ? new Ball(sum, inherited)
                : rounded(sum.round(DIGITS), inherited);
    }

    /** The decimal exponent, of 0 too. */
    private static long order(BigDecimal value) {
        return (long) value.precision() - value.scale();
    }

    Ball negated() {
        return new Ball(middle.negate(), error);
    }

    Ball minus(Ball other) {
        return plus(other.negated());
    }

    Ball times(Ball other) {
        BigDecimal inherited =
                size().multiply(other.error, ROUGH).add(other.size().multiply(error, ROUGH), ROUGH);
        BigDecimal product = middle.multiply(other.middle);
        return product.precision() <= DIGITS.getPrecision()
                ? new Ball(product, inherited)
                : rounded(product.round(DIGITS), inherited);
    }

    Ball over(Ball other) {
        BigDecimal least = other.least();
        BigDecimal quotient = middle.divide(other.middle, DIGITS);
        BigDecimal inherited =
                error.add(quotient.abs().multiply(other.error, ROUGH), ROUGH).divide(least, ROUGH);
        return rounded(quotient, inherited);
    }

    /** @throws Undefined below 0 */
    Ball squareRoot() {
        if (middle.signum() == 0 && error.signum() == 0) {
            return ZERO;
        }
        if (middle.signum() <= 0) {
            // A 0 that rounding made negative is a 0.
            if (touchesZero()) {
                return new Ball(BigDecimal.ZERO, error.add(middle.abs()).sqrt(ROUGH));
            }
            throw new Undefined();
        }
        BigDecimal root = middle.sqrt(DIGITS);
        return touchesZero()
                ? new Ball(root, error.sqrt(ROUGH).multiply(TWO))
                : rounded(root, error.divide(root, ROUGH));
    }

    Ball exponential() {
        if (middle.abs().compareTo(MAX_LOGARITHM) > 0 || error.compareTo(BigDecimal.ONE) > 0) {
            throw new Undefined();
        }
        BigDecimal power = BigDecimalMath.exp(middle, DIGITS);
        return rounded(power, power.multiply(error, ROUGH).multiply(TWO));
    }

    /** @throws Undefined at 0 and below */
    Ball logarithm() {
        if (middle.signum() <= 0) {
            throw new Undefined();
        }
        BigDecimal least = least();
        return rounded(BigDecimalMath.log(middle, DIGITS), error.divide(least, ROUGH));
    }

    Ball sine() {
        return rounded(BigDecimalMath.sin(angle(), DIGITS), absolute());
    }

    Ball cosine() {
        return rounded(BigDecimalMath.cos(angle(), DIGITS), absolute());
    }

    private BigDecimal angle() {
        if (middle.abs().compareTo(MAX_ANGLE) > 0) {
            throw new Undefined();
        }
        return middle;
    }

    /** Where a function is small its rounding is not: its argument's reduction has an error of its own. */
    private BigDecimal absolute() {
        return error.add(size().multiply(ROUNDING, ROUGH), ROUGH);
    }

    Ball arcTangent() {
        return rounded(BigDecimalMath.atan(middle, DIGITS), error);
    }

    /** By squaring; the exponent may be negative. */
    Ball power(int exponent) {
        Ball result = ONE;
        Ball square = this;
        for (int n = Math.abs(exponent); n > 0; n >>= 1) {
            result = (n & 1) == 1 ? result.times(square) : result;
            square = n > 1 ? square.times(square) : square;
        }
        return exponent < 0 ? ONE.over(result) : result;
    }

    Ball magnitude() {
        return middle.signum() < 0 ? negated() : this;
    }

    boolean touchesZero() {
        return middle.abs().compareTo(error) <= 0;
    }

    boolean isExactZero() {
        return middle.signum() == 0 && error.signum() == 0;
    }

    int signum() {
        return middle.signum();
    }

    private BigDecimal size() {
        return middle.abs().add(error, ROUGH);
    }

    /** The least absolute value that it can stand for. */
    private BigDecimal least() {
        BigDecimal least = middle.abs().subtract(error);
        if (least.signum() <= 0) {
            throw new Undefined();
        }
        return least;
    }

    /** Whether both can stand for the same number. */
    boolean touches(Ball other) {
        return middle.subtract(other.middle).abs().compareTo(error.add(other.error)) <= 0;
    }

    /** Whether its error leaves it at least 25 digits, counted from the point where the number is small. */
    boolean sharp() {
        return error.compareTo(middle.abs().max(BigDecimal.ONE).scaleByPowerOfTen(-25)) <= 0;
    }
}
