package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Ball.Undefined;
import dev.tribunal.mathanswers.Expression.Constant;
import dev.tribunal.mathanswers.Expression.Function;
import dev.tribunal.mathanswers.Expression.Number;
import dev.tribunal.mathanswers.Expression.Symbol;
import dev.tribunal.mathanswers.Point.Complex;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether two expressions are equal for all values of their variables: by exact algebra where it decides, else at
 * points drawn at random, to 50 digits with a bound on the error. A difference found is certain. Equality at three
 * points, or eight whole ones, that algebra could not prove is taken for equality; the points are the same each time
 * for the same texts.
 */
final class Equivalence {

    private static final int POINTS_TO_AGREE = 3;
    private static final int POINTS_TO_TRY = 24;
    private static final int MAX_SIGNED = 2;
    private static final MathContext SHOWN = new MathContext(6);
    private static final List<Long> WITNESSES = List.of(2L, 3L, 5L);

    private Equivalence() {}

    /** Why they are not equal, in words that may be empty; null if they are. */
    static @Nullable String difference(Expression reference, Expression answer) {
        if (reference.equals(answer)) {
            return null;
        }
        if (reference instanceof Number && answer instanceof Number) {
            return "";
        }
        String difference = read(reference, answer, Function.LN, true);
        if (difference == null || !ambiguous(reference) && !ambiguous(answer)) {
            return difference;
        }
        // A logarithm without a base may mean the one to base 10; degrees may only be a number's unit.
        return read(reference, answer, Function.LOG, true) == null
                        || read(reference, answer, Function.LN, false) == null
                ? null
                : difference;
    }

    private static boolean ambiguous(Expression expression) {
        boolean[] found = {false};
        Expression.mapped(expression, part -> {
            found[0] |=
                    part == Constant.DEGREE || part instanceof Expression.Call(Function f, var _) && f == Function.LOG;
            return part;
        });
        return found[0];
    }

    private static @Nullable String read(Expression a, Expression b, Function logarithm, boolean radians) {
        UnaryOperator<Expression> reading = part -> switch (part) {
            case Expression.Call(Function function, List<Expression> arguments)
            when function == Function.LOG -> {
                Expression natural = Expression.call(Function.LN, arguments.getFirst());
                yield logarithm == Function.LN
                        ? natural
                        : Expression.quotient(natural, Expression.call(Function.LN, Expression.of(10)));
            }
            case Constant constant when constant == Constant.DEGREE -> radians ? constant : Expression.of(1);
            default -> part;
        };
        return unambiguous(Expression.mapped(a, reading), Expression.mapped(b, reading));
    }

    private static @Nullable String unambiguous(Expression a, Expression b) {
        if (a.equals(b)) {
            return null;
        }
        SequencedSet<String> names = new LinkedHashSet<>();
        Expression.symbols(a, names);
        Expression.symbols(b, names);
        String witness = witness(a, b, names);
        if (witness != null) {
            return witness;
        }
        return switch (Algebra.compare(a, b)) {
            case EQUAL -> null;
            case DIFFERENT -> "";
            case OPEN -> atPoints(a, b, names);
        };
    }

    /** Small whole numbers, for which both have exact values that differ: quick, and easy to check by hand. */
    private static @Nullable String witness(Expression a, Expression b, SequencedSet<String> names) {
        Map<String, Expression> values = new LinkedHashMap<>();
        int next = 0;
        for (String name : names) {
            values.put(name, Expression.of(WITNESSES.get(next++ % WITNESSES.size())));
        }
        return Expression.substituted(a, values) instanceof Number(Fraction x)
                        && Expression.substituted(b, values) instanceof Number(Fraction y)
                        && !x.equals(y)
                ? explained(values, x, y)
                : null;
    }

    private static String explained(Map<String, Expression> values, Fraction reference, Fraction answer) {
        boolean brief = reference.bits() < 64 && answer.bits() < 64;
        return values.isEmpty()
                ? ""
                : where(values) + (brief ? " it is " + answer + ", not " + reference : " they differ");
    }

    private static String where(Map<String, ?> values) {
        return values.entrySet().stream()
                .map(entry ->
                        entry.getKey() + " = " + (entry.getValue() instanceof Number n ? n.value() : entry.getValue()))
                .collect(Collectors.joining(", ", "at ", ""));
    }

    private static @Nullable String atPoints(Expression a, Expression b, SequencedSet<String> names) {
        boolean defined = false;
        for (Drawing drawing : Drawing.values()) {
            Draw draw = new Draw(a, b, names, drawing);
            if (draw.decided) {
                return draw.difference;
            }
            defined |= draw.referenceDefined;
        }
        if (defined) {
            return "it has no value" + (names.isEmpty() ? "" : " where the reference has one");
        }
        throw new Undecidable("the two have no values that can be compared");
    }

    /** Where points are looked for, in this order. */
    private enum Drawing {
        REAL(POINTS_TO_AGREE),
        /** More points, for what alternates. */
        WHOLE(8),
        COMPLEX(POINTS_TO_AGREE);

        private final int pointsToAgree;

        Drawing(int pointsToAgree) {
            this.pointsToAgree = pointsToAgree;
        }
    }

    /** One round of drawing points. */
    private static final class Draw {

        private boolean decided;
        private boolean referenceDefined;
        private @Nullable String difference;

        Draw(Expression a, Expression b, SequencedSet<String> names, Drawing drawing) {
            Random random = new Random(31L * seed(a) + seed(b));
            int tries = names.isEmpty() ? 1 : POINTS_TO_TRY;
            int agreed = 0;
            for (int i = 0; i < tries && !decided; i++) {
                Map<String, BigDecimal> values = values(names, drawing, i, random);
                Point point = new Point(values, drawing != Drawing.COMPLEX);
                Complex x = value(point, a);
                if (x == null) {
                    continue;
                }
                referenceDefined = true;
                Complex y = value(point, b);
                if (y == null) {
                    continue;
                }
                if (!x.touches(y)) {
                    decided = true;
                    difference = names.isEmpty()
                            ? "it is " + shown(y) + ", not " + shown(x)
                            : where(values) + " it is " + shown(y) + ", not " + shown(x);
                } else if (x.sharp() && y.sharp()) {
                    agreed++;
                    decided = names.isEmpty() || agreed >= drawing.pointsToAgree && i + 1 >= signs(names);
                }
            }
        }

        /** The same in every process, which hashes of enum constants are not. */
        private static int seed(Expression expression) {
            int[] seed = {1};
            Expression.mapped(expression, part -> {
                seed[0] = 31 * seed[0]
                        + switch (part) {
                            case Number number -> number.value().hashCode();
                            case Symbol symbol -> symbol.name().hashCode();
                            case Constant constant -> constant.name().hashCode();
                            case Expression.Call call -> call.function().name().hashCode();
                            default -> part.getClass().getSimpleName().hashCode();
                        };
                return part;
            });
            return seed[0];
        }

        private static @Nullable Complex value(Point point, Expression expression) {
            try {
                return point.value(expression);
            } catch (Undefined | ArithmeticException undefined) {
                return null;
            }
        }

        /** Near 0 first and farther away later, of both signs. */
        private static Map<String, BigDecimal> values(
                SequencedSet<String> names, Drawing drawing, int round, Random random) {
            Map<String, BigDecimal> values = new HashMap<>();
            int size = switch (round % 4) {
                case 0, 1 -> 3;
                case 2 -> 1;
                default -> 30;
            };
            for (String name : names) {
                // Each of the first variables with each sign, or even and odd, beside all of the others.
                int turn = round >> Math.min(MAX_SIGNED, values.size()) & 1;
                int whole = names.size() == 1 ? 1 + round : 1 + turn + 2 * random.nextInt(2 + round);
                BigDecimal value = drawing == Drawing.WHOLE
                        ? BigDecimal.valueOf(whole)
                        : BigDecimal.valueOf(1 + random.nextInt(size * 10_000), 4);
                boolean negative = drawing == Drawing.REAL && turn == 1;
                values.put(name, negative ? value.negate() : value);
            }
            return values;
        }

        /** How many rounds it takes to see each of the first variables with each sign: x is not sqrt(x^2). */
        private static int signs(SequencedSet<String> names) {
            return 1 << Math.min(MAX_SIGNED + 1, names.size());
        }

        private static String shown(Complex value) {
            String real = plain(value.real());
            return value.isReal() ? real : real + " + " + plain(value.imaginary()) + "i";
        }

        private static String plain(Ball ball) {
            BigDecimal rounded = ball.middle().round(SHOWN);
            boolean exact = rounded.subtract(ball.middle()).abs().compareTo(ball.error()) <= 0;
            return (exact ? "" : "about ") + rounded.stripTrailingZeros().toString();
        }
    }

    /** A variable or number as a double, for putting ends in order; NaN if it has variables or no value. */
    static double approximate(Expression expression) {
        if (expression instanceof Number(Fraction value)) {
            return new BigDecimal(value.numerator())
                    .divide(new BigDecimal(value.denominator()), MathContext.DECIMAL64)
                    .doubleValue();
        }
        SequencedSet<String> names = new LinkedHashSet<>();
        Expression.symbols(expression, names);
        Complex value = names.isEmpty() ? Draw.value(new Point(Map.of(), true), expression) : null;
        return value == null ? Double.NaN : value.real().middle().doubleValue();
    }

    /** Whether a = k b for a number k, which must be positive for inequalities. */
    static boolean proportional(Expression a, Expression b, boolean positive) {
        SequencedSet<String> names = new LinkedHashSet<>();
        Expression.symbols(a, names);
        Expression.symbols(b, names);
        for (long seed = 1; seed <= 4; seed++) {
            Map<String, Expression> values = new HashMap<>();
            long number = seed;
            for (String name : names) {
                number = number * 7 % 23 + 1;
                values.put(name, Expression.of(number));
            }
            Expression x = Expression.substituted(a, values);
            Expression y = Expression.substituted(b, values);
            double left = approximate(x);
            double right = approximate(y);
            if (Double.isNaN(left) || Double.isNaN(right) || left == 0 && right == 0) {
                continue;
            }
            if (left == 0 || right == 0 || positive && left * right < 0) {
                return false;
            }
            return difference(Expression.product(a, y), Expression.product(b, x)) == null;
        }
        throw new Undecidable("the two equations have no values that can be compared");
    }

    static @Nullable String symbol(Answer answer) {
        return answer instanceof Answer.Value(Symbol(String name), var unit) && unit == null ? name : null;
    }
}
