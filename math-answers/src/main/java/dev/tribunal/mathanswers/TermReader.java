package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Expression.Constant;
import dev.tribunal.mathanswers.Expression.Function;
import dev.tribunal.mathanswers.Expression.Symbol;
import dev.tribunal.mathanswers.Token.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads arithmetic: sums of products of powers, with the products that are written without a sign. */
final class TermReader {

    private static final Map<String, Function> FUNCTIONS = Map.ofEntries(
            Map.entry("sin", Function.SIN),
            Map.entry("cos", Function.COS),
            Map.entry("tan", Function.TAN),
            Map.entry("tg", Function.TAN),
            Map.entry("cot", Function.COT),
            Map.entry("sec", Function.SEC),
            Map.entry("csc", Function.CSC),
            Map.entry("arcsin", Function.ARCSIN),
            Map.entry("asin", Function.ARCSIN),
            Map.entry("arccos", Function.ARCCOS),
            Map.entry("acos", Function.ARCCOS),
            Map.entry("arctan", Function.ARCTAN),
            Map.entry("atan", Function.ARCTAN),
            Map.entry("sinh", Function.SINH),
            Map.entry("cosh", Function.COSH),
            Map.entry("tanh", Function.TANH),
            Map.entry("ln", Function.LN),
            Map.entry("log", Function.LOG),
            Map.entry("abs", Function.ABS),
            Map.entry("floor", Function.FLOOR),
            Map.entry("ceil", Function.CEIL));

    private static final Map<Function, Function> INVERSES =
            Map.of(Function.SIN, Function.ARCSIN, Function.COS, Function.ARCCOS, Function.TAN, Function.ARCTAN);

    private static final Map<String, Constant> CONSTANTS = Map.of(
            "pi", Constant.PI,
            "e", Constant.E,
            "i", Constant.I,
            "infty", Constant.INFINITY,
            "infinity", Constant.INFINITY,
            "inf", Constant.INFINITY,
            "oo", Constant.INFINITY);

    private static final Set<String> GREEK = Set.of(
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "varepsilon",
            "zeta",
            "eta",
            "theta",
            "vartheta",
            "iota",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "rho",
            "sigma",
            "tau",
            "upsilon",
            "phi",
            "varphi",
            "chi",
            "psi",
            "omega",
            "Gamma",
            "Delta",
            "Theta",
            "Lambda",
            "Xi",
            "Pi",
            "Sigma",
            "Phi",
            "Psi",
            "Omega",
            "ell",
            "hbar");

    /** Letters with something over them are one name. */
    private static final Set<String> ACCENTS =
            Set.of("overline", "bar", "hat", "vec", "tilde", "widehat", "overrightarrow");

    private static final Set<String> APPLIED = Set.of("f", "g", "h", "F", "G");

    /** Commands before which a factor ends. */
    private static final Set<String> OPERATORS = Set.of(
            "pm",
            "mp",
            "cdot",
            "div",
            "le",
            "ge",
            "ne",
            "in",
            "cup",
            "cap",
            "setminus",
            "circ",
            "rangle",
            "rfloor",
            "rceil",
            "end",
            "wedge",
            "vee",
            "mathbb",
            "begin",
            "approx",
            "to",
            "rightarrow",
            "emptyset",
            "implies",
            "Rightarrow",
            "langle",
            "equiv");

    private static final Set<String> SHORT_WORDS = Set.of(
            "or", "of", "is", "in", "at", "to", "an", "by", "on", "as", "so", "if", "we", "it", "no", "he", "be", "the",
            "she", "for", "you", "its", "was", "are", "has", "not", "but", "per", "all", "can", "and", "her", "his",
            "who", "how", "out", "our", "any", "had", "did", "get");

    /** Longer runs of letters are words, no products. */
    private static final int MAX_PRODUCT_LETTERS = 3;

    private static final Expression HALF = new Expression.Number(Fraction.ONE.over(Fraction.of(2)));

    private final Cursor cursor;
    private int bars;
    private int arguments;

    TermReader(Cursor cursor) {
        this.cursor = cursor;
    }

    static boolean known(String letters) {
        return CONSTANTS.containsKey(letters)
                || letters.equals("sqrt")
                || letters.equals("exp")
                || letters.equals("lg")
                || FUNCTIONS.containsKey(letters)
                || prefix(letters) != null;
    }

    Expression sum() {
        cursor.enter();
        Expression sum = signed(false);
        while (true) {
            Token token = cursor.peek();
            if (token.is("+")) {
                cursor.next();
                sum = Expression.sum(sum, signed(true));
            } else if (token.is("-")) {
                cursor.next();
                sum = Expression.difference(sum, signed(true));
            } else if (token.command("pm") || token.command("mp")) {
                cursor.next();
                boolean plus = token.command("pm") == cursor.plus;
                Expression term = signed(true);
                sum = plus ? Expression.sum(sum, term) : Expression.difference(sum, term);
            } else {
                cursor.leave();
                return sum;
            }
        }
    }

    /** A product, perhaps after signs of its own. */
    private Expression signed(boolean afterOperator) {
        boolean negative = false;
        while (true) {
            Token token = cursor.peek();
            if (token.is("-")) {
                negative = !negative;
            } else if (token.command("pm") || token.command("mp")) {
                negative ^= token.command("pm") != cursor.plus;
            } else if (!token.is("+")) {
                break;
            }
            if (afterOperator && token.is("+")) {
                throw cursor.unexpected();
            }
            cursor.next();
        }
        Expression product = product();
        return negative ? Expression.negative(product) : product;
    }

    private Expression product() {
        Expression product = mixedNumber();
        if (product == null) {
            product = power();
        }
        while (true) {
            Token token = cursor.peek();
            if (token.is("*") || token.command("cdot")) {
                cursor.next();
                product = Expression.product(product, operand());
            } else if (token.is("/") || token.command("div")) {
                cursor.next();
                product = Expression.quotient(product, operand());
            } else if (beginsFactor(token)) {
                product = Expression.product(product, power());
            } else {
                return product;
            }
        }
    }

    /** A factor after an operator's sign: 3 * -2. */
    private Expression operand() {
        boolean negative = false;
        while (cursor.peek().is("-")) {
            cursor.next();
            negative = !negative;
        }
        Expression factor = power();
        return negative ? Expression.negative(factor) : factor;
    }

    /** {@code 2\frac{1}{4}} and {@code 2 1/4} are 2 + 1/4. */
    private @Nullable Expression mixedNumber() {
        if (!whole(cursor.peek())) {
            return null;
        }
        Fraction whole = value(cursor.peek());
        if (whole(cursor.peek(1)) && cursor.peek(1).spaced() && cursor.peek(2).is("/") && whole(cursor.peek(3))) {
            cursor.next();
            Fraction top = value(cursor.next());
            cursor.next();
            Fraction bottom = value(cursor.next());
            return mixed(whole, new Expression.Number(over(top, bottom)));
        }
        if (cursor.peek(1).command("frac")) {
            cursor.next();
            Expression fraction = power();
            return fraction instanceof Expression.Number number
                    ? mixed(whole, number)
                    : Expression.product(new Expression.Number(whole), fraction);
        }
        return null;
    }

    private static Expression mixed(Fraction whole, Expression.Number fraction) {
        return Expression.sum(new Expression.Number(whole), fraction);
    }

    private static Fraction over(Fraction top, Fraction bottom) {
        if (bottom.signum() == 0) {
            throw new Unreadable("it divides by 0");
        }
        return top.over(bottom);
    }

    private static boolean whole(Token token) {
        return token.kind() == Kind.NUMBER && value(token).whole();
    }

    private static Fraction value(Token number) {
        Fraction value = number.number();
        if (value == null) {
            throw new IllegalArgumentException(number + " is not a number");
        }
        return value;
    }

    /** Whether a product goes on here without a sign. */
    private boolean beginsFactor(Token token) {
        return switch (token.kind()) {
            case NUMBER, WORDS, END -> false;
            case LETTERS -> !unit(token) && (arguments == 0 || !function(token));
            case COMMAND -> !OPERATORS.contains(token.text()) && (arguments == 0 || !function(token));
            case SIGN ->
                switch (token.text()) {
                    case "(", "{" -> !cursor.beginsMatrix(0);
                    case "[" -> !closesInterval() && !cursor.beginsMatrix(0);
                    case "|" -> bars == 0 && !cursor.beginsMatrix(0);
                    default -> false;
                };
        };
    }

    /** {@code [0, 1[} ends in a bracket that elsewhere opens. */
    private boolean closesInterval() {
        Token after = cursor.peek(1);
        return after.kind() == Kind.END || after.is(",") || after.command("cup") || after.command("cap");
    }

    private static boolean function(Token token) {
        String name = token.text();
        return FUNCTIONS.containsKey(name) || name.equals("exp") || name.equals("lg") || prefix(name) != null;
    }

    /** A word after a number is its unit, no product of letters. */
    private static boolean unit(Token token) {
        String letters = token.text();
        return letters.length() > 1
                && !known(letters)
                && (letters.length() > MAX_PRODUCT_LETTERS
                        || Units.known(letters)
                        || token.spaced()
                                && (letters.length() > 2 || SHORT_WORDS.contains(letters.toLowerCase(Locale.ROOT))));
    }

    /** The function's name with which letters such as "sinx" begin; null if they do not. */
    private static @Nullable String prefix(String letters) {
        String name = letters.length() > 2 ? letters.substring(0, letters.length() - 1) : "";
        return FUNCTIONS.containsKey(name) && !name.equals("abs") && !name.equals("tg") ? name : null;
    }

    private Expression power() {
        return raised(primary());
    }

    /** What stands behind a factor: factorials, degrees, an exponent. */
    private Expression raised(Expression base) {
        while (true) {
            if (cursor.take("!")) {
                base = Expression.call(Function.FACTORIAL, base);
            } else if (cursor.takeCommand("circ")) {
                base = degrees(base);
            } else if (cursor.peek().is("^")) {
                cursor.next();
                if (degreeSign()) {
                    base = degrees(base);
                } else {
                    return raised(Expression.power(base, exponent()));
                }
            } else {
                return base;
            }
        }
    }

    private boolean degreeSign() {
        if (cursor.takeCommand("circ")) {
            return true;
        }
        if (cursor.peek().is("{")
                && cursor.peek(1).command("circ")
                && cursor.peek(2).is("}")) {
            cursor.next();
            cursor.next();
            cursor.next();
            return true;
        }
        return false;
    }

    private Expression degrees(Expression number) {
        Token scale = cursor.peek();
        if (scale.kind() == Kind.LETTERS
                && (scale.text().equals("C") || scale.text().equals("F"))) {
            // A temperature, not an angle.
            cursor.next();
            return number;
        }
        return Expression.product(number, Constant.DEGREE);
    }

    private Expression exponent() {
        if (cursor.take("{")) {
            Expression exponent = sum();
            cursor.expect("}");
            return exponent;
        }
        cursor.enter();
        boolean negative = cursor.take("-");
        Expression exponent = power();
        cursor.leave();
        return negative ? Expression.negative(exponent) : exponent;
    }

    private Expression primary() {
        cursor.enter();
        Expression primary = unnested();
        cursor.leave();
        return primary;
    }

    private Expression unnested() {
        Token token = cursor.peek();
        return switch (token.kind()) {
            case NUMBER -> new Expression.Number(value(cursor.next()));
            case LETTERS -> letters();
            case COMMAND -> command();
            case SIGN -> bracketed();
            case WORDS, END -> throw cursor.unexpected();
        };
    }

    private Expression bracketed() {
        String open = cursor.peek().text();
        String close = switch (open) {
            case "(" -> ")";
            case "[" -> "]";
            case "{" -> "}";
            case "|" -> "|";
            default -> throw cursor.unexpected();
        };
        cursor.next();
        int outerBars = bars;
        int outerArguments = arguments;
        bars = open.equals("|") ? 1 : 0;
        arguments = 0;
        Expression inner = sum();
        bars = outerBars;
        arguments = outerArguments;
        cursor.expect(close);
        return open.equals("|") ? Expression.call(Function.ABS, inner) : inner;
    }

    private Expression letters() {
        Token token = cursor.next();
        String run = token.text();
        Expression known = run.equals("sqrt") ? Expression.power(primary(), HALF) : named(run);
        if (known != null) {
            return known;
        }
        String function = prefix(run);
        if (function != null) {
            return Expression.call(function(function), symbol(run.substring(run.length() - 1)));
        }
        if (run.length() > MAX_PRODUCT_LETTERS || SHORT_WORDS.contains(run.toLowerCase(Locale.ROOT))) {
            throw new Unreadable("'" + run + "' is a word where a number or a variable is expected");
        }
        Expression product = null;
        for (int i = 0; i < run.length(); i++) {
            String letter = run.substring(i, i + 1);
            Expression factor = i == run.length() - 1 ? last(letter) : symbol(letter);
            product = product == null ? factor : Expression.product(product, factor);
        }
        if (product == null) {
            throw cursor.unexpected();
        }
        return product;
    }

    private static Expression symbol(String letter) {
        Constant constant = CONSTANTS.get(letter);
        return constant != null ? constant : new Symbol(letter);
    }

    /** A letter with what belongs to its name: an index, primes, f's argument. */
    private Expression last(String letter) {
        StringBuilder name = new StringBuilder(letter);
        while (cursor.take("'")) {
            name.append('\'');
        }
        if (cursor.take("_")) {
            name.append('_').append(raw());
        }
        if (APPLIED.contains(letter) && cursor.peek().is("(") && !cursor.peek().spaced()) {
            name.append('(').append(raw()).append(')');
        }
        return name.length() == 1 ? symbol(letter) : new Symbol(name.toString());
    }

    /** The next token, or all within its braces or brackets, as a name. */
    private String raw() {
        Token first = cursor.next();
        if (!first.is("{") && !first.is("(")) {
            if (first.kind() == Kind.END || first.kind() == Kind.SIGN) {
                throw new Unreadable("an index is missing");
            }
            return first.text();
        }
        StringBuilder name = new StringBuilder();
        int open = 1;
        while (true) {
            Token token = cursor.next();
            if (token.kind() == Kind.END) {
                throw new Unreadable("a bracket is not closed");
            }
            open += token.is("{") || token.is("(") ? 1 : token.is("}") || token.is(")") ? -1 : 0;
            if (open == 0) {
                return name.toString();
            }
            name.append(token.text());
        }
    }

    private Expression command() {
        Token token = cursor.next();
        String name = token.text();
        return switch (name) {
            case "frac" -> Expression.quotient(argument(), argument());
            case "binom" -> Expression.call(Function.BINOMIAL, argument(), argument());
            // The typed root sign, which takes a whole number without braces.
            case "surd" -> Expression.power(primary(), HALF);
            case "lfloor" -> closed(Function.FLOOR, "rfloor");
            case "lceil" -> closed(Function.CEIL, "rceil");
            default -> {
                Expression known = named(name);
                if (known != null) {
                    yield known;
                }
                if (GREEK.contains(name)) {
                    yield last("\\" + name);
                }
                if (ACCENTS.contains(name)) {
                    yield new Symbol("\\" + name + " " + raw());
                }
                throw new Unreadable("'\\" + name + "' is not known");
            }
        };
    }

    private Expression closed(Function function, String close) {
        Expression inner = sum();
        if (!cursor.takeCommand(close)) {
            throw cursor.unexpected();
        }
        return Expression.call(function, inner);
    }

    /** A constant or function of this name, with its arguments; null if there is none. */
    private @Nullable Expression named(String name) {
        Constant constant = CONSTANTS.get(name);
        if (constant != null) {
            return constant;
        }
        if (FUNCTIONS.containsKey(name)) {
            return applied(function(name));
        }
        return switch (name) {
            case "sqrt" -> root();
            case "exp" -> Expression.power(Constant.E, functionArgument());
            case "lg" -> ofBase(Expression.of(10), functionArgument());
            default -> null;
        };
    }

    private static Function function(String name) {
        Function function = FUNCTIONS.get(name);
        if (function == null) {
            throw new IllegalArgumentException(name + " is not a function");
        }
        return function;
    }

    private Expression root() {
        Expression index = null;
        if (cursor.take("[")) {
            index = sum();
            cursor.expect("]");
        }
        Expression radicand = argument();
        return index == null ? Expression.power(radicand, HALF) : Expression.root(radicand, index);
    }

    /** {@code {...}}, or the one digit or factor that a command takes without braces: {@code \frac12}. */
    private Expression argument() {
        if (cursor.take("{")) {
            int outerBars = bars;
            int outerArguments = arguments;
            bars = 0;
            arguments = 0;
            Expression inner = sum();
            bars = outerBars;
            arguments = outerArguments;
            cursor.expect("}");
            return inner;
        }
        return cursor.peek().kind() == Kind.NUMBER && cursor.peek().text().length() > 1
                ? new Expression.Number(value(cursor.nextDigit()))
                : primary();
    }

    private Expression applied(Function function) {
        Expression base = null;
        if (function == Function.LOG && cursor.take("_")) {
            base = argument();
        }
        Expression exponent = null;
        if (cursor.take("^")) {
            exponent = exponent();
        }
        Function inverse = INVERSES.get(function);
        if (inverse != null && Expression.of(-1).equals(exponent)) {
            return Expression.call(inverse, functionArgument());
        }
        Expression argument = functionArgument();
        Expression call = base == null ? Expression.call(function, argument) : ofBase(base, argument);
        return exponent == null ? call : Expression.power(call, exponent);
    }

    private static Expression ofBase(Expression base, Expression argument) {
        return Expression.quotient(Expression.call(Function.LN, argument), Expression.call(Function.LN, base));
    }

    /** {@code \sin(x + 1)}, or the factors up to the next sign or function: {@code \sin 2x \cos x}. */
    private Expression functionArgument() {
        if (cursor.peek().is("(")
                || cursor.peek().is("{")
                || cursor.peek().is("[")
                || cursor.peek().is("|")) {
            return bracketed();
        }
        cursor.enter();
        arguments++;
        Expression argument = power();
        while (beginsFactor(cursor.peek()) && !cursor.peek().is("(")) {
            argument = Expression.product(argument, power());
        }
        arguments--;
        cursor.leave();
        return argument;
    }
}
