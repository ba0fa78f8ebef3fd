package dev.tribunal.chattemplate.value;

import dev.tribunal.chattemplate.value.Value.Int;
import dev.tribunal.chattemplate.value.Value.Real;
import dev.tribunal.chattemplate.value.Value.Text;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Python's truth, equality, order, iteration and arithmetic. */
public final class Operations {

    private Operations() {}

    public static boolean isTrue(Value value) {
        return switch (value) {
            case Text(String text) -> !text.isEmpty();
            case Value.Markup(String text) -> !text.isEmpty();
            case Int(long number) -> number != 0;
            case Real(double number) -> number != 0;
            case Value.Bool(boolean truth) -> truth;
            case Value.None none -> false;
            case Value.Undefined undefined -> false;
            case Value.Sequence(List<Value> items) -> !items.isEmpty();
            case Value.Tuple(List<Value> items) -> !items.isEmpty();
            case Value.Dict dict -> !dict.entries().isEmpty();
            case Value.View(String type, List<Value> items) -> !items.isEmpty();
            case Value.Range range -> range.size() > 0;
            case Value.Generator generator -> true;
            case Value.Namespace namespace -> true;
            case Value.Function function -> true;
            case Value.Loop loop -> true;
        };
    }

    /** Integers and truth values. */
    public static Optional<Long> integer(Value value) {
        return switch (value) {
            case Int(long number) -> Optional.of(number);
            case Value.Bool(boolean truth) -> Optional.of(truth ? 1L : 0L);
            default -> Optional.empty();
        };
    }

    public static Optional<Double> number(Value value) {
        return value instanceof Real(double number)
                ? Optional.of(number)
                : integer(value).map(Long::doubleValue);
    }

    public static boolean equal(Value left, Value right) {
        if (left instanceof Value.Sequence(List<Value> a) && right instanceof Value.Sequence(List<Value> b)) {
            return equalItems(a, b);
        }
        if (left instanceof Value.Tuple(List<Value> a) && right instanceof Value.Tuple(List<Value> b)) {
            return equalItems(a, b);
        }
        if (left instanceof Value.Dict a && right instanceof Value.Dict b) {
            return a.entries().size() == b.entries().size()
                    && a.entries().entrySet().stream()
                            .allMatch(entry -> b.entries().containsKey(entry.getKey())
                                    && equal(entry.getValue(), b.entries().get(entry.getKey())));
        }
        if (left instanceof Value.Undefined && right instanceof Value.Undefined) {
            return true;
        }
        Optional<Long> a = integer(left);
        Optional<Long> b = integer(right);
        if (a.isPresent() && b.isPresent()) {
            return a.equals(b);
        }
        Optional<Double> x = number(left);
        Optional<Double> y = number(right);
        return x.isPresent() && y.isPresent() ? x.get().doubleValue() == y.get() : left.equals(right);
    }

    private static boolean equalItems(List<Value> left, List<Value> right) {
        for (int i = 0; i < left.size() && i < right.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return left.size() == right.size();
    }

    /** Negative, zero or positive; values without an order are an error. */
    public static int compare(Value left, Value right, String operator) {
        requireDefined(left, right);
        Optional<Long> a = integer(left);
        Optional<Long> b = integer(right);
        if (a.isPresent() && b.isPresent()) {
            return Long.compare(a.get(), b.get());
        }
        Optional<Double> x = number(left);
        Optional<Double> y = number(right);
        if (x.isPresent() && y.isPresent()) {
            return Double.compare(x.get() + 0.0, y.get() + 0.0); // no negative zero
        }
        if (left instanceof Text(String s) && right instanceof Text(String t)) {
            return compareText(s, t);
        }
        if (left instanceof Value.Sequence(List<Value> s) && right instanceof Value.Sequence(List<Value> t)) {
            return compareItems(s, t, operator);
        }
        if (left instanceof Value.Tuple(List<Value> s) && right instanceof Value.Tuple(List<Value> t)) {
            return compareItems(s, t, operator);
        }
        throw unsupported(operator, left, right);
    }

    private static int compareItems(List<Value> left, List<Value> right, String operator) {
        for (int i = 0; i < left.size() && i < right.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return compare(left.get(i), right.get(i), operator);
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** By code points, which differs from Java's order. */
    private static int compareText(String left, String right) {
        int i = 0;
        while (i < left.length() && i < right.length() && left.charAt(i) == right.charAt(i)) {
            i++;
        }
        if (i == left.length() || i == right.length()) {
            return Integer.compare(left.length(), right.length());
        }
        int surrogates = Integer.compare(rank(left.charAt(i)), rank(right.charAt(i)));
        return surrogates != 0 ? surrogates : Character.compare(left.charAt(i), right.charAt(i));
    }

    private static int rank(char unit) {
        return Character.isSurrogate(unit) ? 1 : 0;
    }

    public static boolean compares(String operator, Value left, Value right) {
        return switch (operator) {
            case "==" -> equal(left, right);
            case "!=" -> !equal(left, right);
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            case "<" -> compare(left, right, operator) < 0;
            case "<=" -> compare(left, right, operator) <= 0;
            case ">" -> compare(left, right, operator) > 0;
            case ">=" -> compare(left, right, operator) >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static boolean contains(Value container, Value wanted) {
        if (container instanceof Text(String text)) {
            if (wanted instanceof Text(String part)) {
                return text.contains(part);
            }
            throw new Failure("'in <string>' requires string as left operand, not " + Printing.type(wanted));
        }
        if (container instanceof Value.Dict dict) {
            return dict.entries().containsKey(hashable(wanted));
        }
        for (Iterator<Value> items = iterator(container); items.hasNext(); ) {
            if (equal(items.next(), wanted)) {
                return true;
            }
        }
        return false;
    }

    /** The value, if Python takes it for a key. */
    public static Value hashable(Value value) {
        if (value instanceof Value.Sequence || value instanceof Value.Dict) {
            throw new Failure("unhashable type: '" + Printing.type(value) + "'");
        }
        if (value instanceof Value.Tuple(List<Value> items)) {
            items.forEach(Operations::hashable);
        }
        return value;
    }

    /** The items that a {@code for} goes through; a text's are its characters, a dict's its keys. */
    public static Iterator<Value> iterator(Value value) {
        return switch (value) {
            case Value.Sequence(List<Value> items) -> items.iterator();
            case Value.Tuple(List<Value> items) -> items.iterator();
            case Value.View(String type, List<Value> items) -> items.iterator();
            case Value.Generator(Iterator<Value> items) -> items;
            case Value.Dict dict -> dict.entries().keySet().iterator();
            case Value.Range range -> range.items().iterator();
            case Value.Undefined undefined -> List.<Value>of().iterator();
            case Text(String text) ->
                text.codePoints()
                        .mapToObj(c -> (Value) new Text(Character.toString(c)))
                        .iterator();
            default -> throw new Failure("'" + Printing.type(value) + "' object is not iterable");
        };
    }

    public static List<Value> items(Value value) {
        List<Value> items = new ArrayList<>();
        iterator(value).forEachRemaining(item -> {
            Limits.requireItems(items.size());
            items.add(item);
        });
        return items;
    }

    public static long length(Value value) {
        return switch (value) {
            case Text(String text) -> text.codePointCount(0, text.length());
            case Value.Sequence(List<Value> items) -> items.size();
            case Value.Tuple(List<Value> items) -> items.size();
            case Value.View(String type, List<Value> items) -> items.size();
            case Value.Dict dict -> dict.entries().size();
            case Value.Range range -> range.size();
            case Value.Undefined undefined -> 0;
            case Value.Loop(LoopState state) -> state.length();
            default -> throw new Failure("object of type '" + Printing.type(value) + "' has no len()");
        };
    }

    public static Value arithmetic(String operator, Value left, Value right) {
        if (operator.equals("%") && left instanceof Text(String format)) {
            return new Text(PercentFormat.format(format, right));
        }
        requireDefined(left, right);
        Optional<Value> joined = switch (operator) {
            case "+" -> add(left, right);
            case "*" -> repeat(left, right).or(() -> repeat(right, left));
            default -> Optional.empty();
        };
        if (joined.isPresent()) {
            return joined.get();
        }
        Optional<Long> a = integer(left);
        Optional<Long> b = integer(right);
        if (a.isPresent() && b.isPresent()) {
            return integers(operator, a.get(), b.get());
        }
        Optional<Double> x = number(left);
        Optional<Double> y = number(right);
        if (x.isPresent() && y.isPresent()) {
            return new Real(reals(operator, x.get(), y.get()));
        }
        throw unsupported(operator, left, right);
    }

    private static Optional<Value> add(Value left, Value right) {
        if (left instanceof Text(String a) && right instanceof Text(String b)) {
            Limits.requireText((long) a.length() + b.length());
            return Optional.of(new Text(a + b));
        }
        if (left instanceof Value.Sequence(List<Value> a) && right instanceof Value.Sequence(List<Value> b)) {
            return Optional.of(new Value.Sequence(joined(a, b)));
        }
        if (left instanceof Value.Tuple(List<Value> a) && right instanceof Value.Tuple(List<Value> b)) {
            return Optional.of(new Value.Tuple(joined(a, b)));
        }
        return Optional.empty();
    }

    private static List<Value> joined(List<Value> left, List<Value> right) {
        List<Value> items = new ArrayList<>(Limits.requireItems((long) left.size() + right.size()));
        items.addAll(left);
        items.addAll(right);
        return items;
    }

    private static Optional<Value> repeat(Value value, Value count) {
        Optional<Long> times = integer(count).map(n -> Math.max(0, n));
        if (times.isEmpty()) {
            return Optional.empty();
        }
        return switch (value) {
            case Text(String text) -> {
                Limits.requireText(times(text.length(), times.get()));
                yield Optional.of(
                        new Text(text.repeat(text.isEmpty() ? 0 : times.get().intValue())));
            }
            case Value.Sequence(List<Value> items) -> Optional.of(new Value.Sequence(repeated(items, times.get())));
            case Value.Tuple(List<Value> items) -> Optional.of(new Value.Tuple(repeated(items, times.get())));
            default -> Optional.empty();
        };
    }

    private static List<Value> repeated(List<Value> items, long times) {
        List<Value> all = new ArrayList<>(Limits.requireItems(times(items.size(), times)));
        for (long i = 0; i < (items.isEmpty() ? 0 : times); i++) {
            all.addAll(items);
        }
        return all;
    }

    private static long times(long size, long times) {
        return Math.multiplyHigh(size, times) == 0 && size * times >= 0 ? size * times : Long.MAX_VALUE;
    }

    private static Value integers(String operator, long a, long b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new Failure("division by zero");
        }
        try {
            return switch (operator) {
                case "+" -> new Int(Math.addExact(a, b));
                case "-" -> new Int(Math.subtractExact(a, b));
                case "*" -> new Int(Math.multiplyExact(a, b));
                case "/" -> new Real((double) a / b);
                case "//" -> new Int(Math.floorDivExact(a, b));
                case "%" -> new Int(Math.floorMod(a, b));
                case "**" -> b < 0 ? new Real(reals(operator, (double) a, (double) b)) : power(a, b);
                default -> throw new IllegalArgumentException(operator);
            };
        } catch (ArithmeticException tooLarge) {
            throw new Failure("the integer " + a + " " + operator + " " + b + " is too large");
        }
    }

    private static Value power(long base, long exponent) {
        if (Math.abs(base) > 1 && exponent > 64) {
            throw new ArithmeticException();
        }
        long parity = Math.abs(base) <= 1 ? exponent % 2 + (exponent > 0 ? 2 : 0) : exponent;
        return new Int(BigInteger.valueOf(base).pow((int) parity).longValueExact());
    }

    private static double reals(String operator, double a, double b) {
        boolean division = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (b == 0 && division || a == 0 && b < 0 && operator.equals("**")) {
            throw new Failure("division by zero");
        }
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> {
                double remainder = a % b;
                yield remainder == 0 ? Math.copySign(0, b) : remainder < 0 != b < 0 ? remainder + b : remainder;
            }
            case "**" -> Math.pow(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    public static Value signed(boolean negative, Value operand) {
        requireDefined(operand, operand);
        Optional<Long> integer = integer(operand);
        if (integer.isPresent()) {
            return new Int(negative ? -integer.get() : integer.get());
        }
        double number = number(operand)
                .orElseThrow(() -> new Failure("bad operand type for a sign: '" + Printing.type(operand) + "'"));
        return new Real(negative ? -number : number);
    }

    public static void requireDefined(Value... values) {
        for (Value value : values) {
            if (value instanceof Value.Undefined(String message)) {
                throw new Failure(message);
            }
        }
    }

    private static Failure unsupported(String operator, Value left, Value right) {
        return new Failure("'" + operator + "' does not go with " + described(left) + " and " + described(right));
    }

    private static String described(Value value) {
        return "'" + Printing.type(value) + "'";
    }
}
