package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Answer.Comparator;
import dev.tribunal.mathanswers.Answer.FiniteSet;
import dev.tribunal.mathanswers.Answer.Joiner;
import dev.tribunal.mathanswers.Answer.Matrix;
import dev.tribunal.mathanswers.Answer.Numeral;
import dev.tribunal.mathanswers.Answer.Reals;
import dev.tribunal.mathanswers.Answer.Relation;
import dev.tribunal.mathanswers.Answer.SetOperation;
import dev.tribunal.mathanswers.Answer.Several;
import dev.tribunal.mathanswers.Answer.Tuple;
import dev.tribunal.mathanswers.Answer.Value;
import dev.tribunal.mathanswers.Answer.Words;
import dev.tribunal.mathanswers.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer, in LaTeX or as typed: lists of relations between terms, sets, tuples, intervals and matrices. It
 * reads all of the text or none: what it cannot place is {@link Unreadable}.
 */
final class MathReader {

    private static final Set<String> MATRICES =
            Set.of("pmatrix", "bmatrix", "Bmatrix", "matrix", "array", "smallmatrix", "psmallmatrix", "bsmallmatrix");

    /** Matrices between bars, which are the number that is their determinant. */
    private static final Set<String> DETERMINANTS = Set.of("vmatrix", "vsmallmatrix");

    /** Larger determinants are a page of work by hand. */
    private static final int MAX_DETERMINANT = 4;

    /** Of the words of at most three letters, those that are answers and no products of variables. */
    private static final Set<String> SHORT_ANSWERS =
            Set.of("yes", "no", "odd", "on", "all", "any", "one", "two", "six", "ten", "dne", "red", "mon", "tue");

    private static final Set<String> PUNCTUATION = Set.of(".", ",", "!", "'", "-", "(", ")", "\"", ":", ";");

    private final Cursor cursor;
    private final TermReader terms;
    private boolean approximately;

    private MathReader(Cursor cursor) {
        this.cursor = cursor;
        this.terms = new TermReader(cursor);
    }

    /** @throws Unreadable saying what is in the way */
    static Answer read(String text) {
        List<Token> tokens = withoutEnd(Lexer.tokens(text));
        if (tokens.size() == 1) {
            throw new Unreadable("it is empty");
        }
        Words words = words(tokens);
        if (words != null) {
            return words;
        }
        boolean twice = tokens.stream().anyMatch(token -> token.command("pm") || token.command("mp"));
        Answer answer = new MathReader(new Cursor(tokens, true)).whole();
        if (!twice) {
            return answer;
        }
        return new FiniteSet(List.of(answer, new MathReader(new Cursor(tokens, false)).whole()));
    }

    /** Without the full stop or comma that only ends the sentence. */
    private static List<Token> withoutEnd(List<Token> tokens) {
        int size = tokens.size();
        while (size > 1
                && (tokens.get(size - 2).is(".")
                        || tokens.get(size - 2).is(",")
                        || tokens.get(size - 2).is(";"))) {
            size--;
        }
        if (size == tokens.size()) {
            return tokens;
        }
        List<Token> shorter = new ArrayList<>(tokens.subList(0, size - 1));
        shorter.add(tokens.getLast());
        return shorter;
    }

    /** The whole text as words; null if some of it is mathematics. */
    private static @Nullable Words words(List<Token> tokens) {
        StringBuilder words = new StringBuilder();
        boolean wordy = false;
        for (Token token : tokens) {
            switch (token.kind()) {
                case WORDS -> {
                    words.append(' ').append(token.text());
                    wordy = true;
                }
                case LETTERS -> {
                    words.append(' ').append(token.text());
                    wordy |= token.text().length() > 3 && !TermReader.known(token.text())
                            || SHORT_ANSWERS.contains(token.text().toLowerCase(Locale.ROOT));
                }
                case SIGN -> {
                    if (!PUNCTUATION.contains(token.text())) {
                        return null;
                    }
                }
                case NUMBER, COMMAND -> {
                    return null;
                }
                case END -> {}
            }
        }
        return wordy ? new Words(plain(words.toString())) : null;
    }

    private static String plain(String words) {
        return words.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }

    private Answer whole() {
        Answer answer = list();
        if (!cursor.atEnd()) {
            throw cursor.unexpected();
        }
        return answer;
    }

    private Answer list() {
        List<Answer> parts = new ArrayList<>();
        parts.add(relation());
        Joiner joiner = null;
        while (true) {
            Joiner next = joiner();
            if (next == null) {
                return joiner == null ? parts.getFirst() : new Several(parts, joiner);
            }
            joiner = joiner == null || joiner == Joiner.COMMA ? next : joiner;
            parts.add(relation());
        }
    }

    /** A comma, "and", "or", or a comma and one of these; null if the list does not go on. */
    private @Nullable Joiner joiner() {
        boolean comma = cursor.take(",") || cursor.take(";");
        Token token = cursor.peek();
        String word = token.kind() == Kind.LETTERS || token.kind() == Kind.WORDS
                ? token.text().toLowerCase(Locale.ROOT)
                : token.command("wedge") ? "and" : token.command("vee") ? "or" : "";
        if (word.equals("and") || word.equals("or")) {
            cursor.next();
            return word.equals("and") ? Joiner.AND : Joiner.OR;
        }
        return comma ? Joiner.COMMA : null;
    }

    private Answer relation() {
        List<Answer> sides = new ArrayList<>();
        List<Comparator> comparators = new ArrayList<>();
        sides.add(side());
        for (Comparator comparator = comparator(); comparator != null; comparator = comparator()) {
            boolean rounded = approximately && Equivalence.symbol(sides.getLast()) == null;
            Answer side = side();
            if (!rounded) {
                // What is about 12 pi is said exactly by 12 pi; what x is about is all that is said of x.
                comparators.add(comparator);
                sides.add(side);
            }
        }
        return comparators.isEmpty() ? sides.getFirst() : new Relation(sides, comparators);
    }

    private @Nullable Comparator comparator() {
        Token token = cursor.peek();
        Comparator comparator = switch (token.kind() == Kind.SIGN || token.kind() == Kind.COMMAND ? token.text() : "") {
            case "=", "approx" -> Comparator.EQUAL;
            case "<" -> Comparator.LESS;
            case ">" -> Comparator.GREATER;
            case "le" -> Comparator.LESS_OR_EQUAL;
            case "ge" -> Comparator.GREATER_OR_EQUAL;
            case "ne" -> Comparator.NOT_EQUAL;
            case "in" -> Comparator.IN;
            default -> null;
        };
        approximately = token.command("approx");
        if (comparator != null) {
            cursor.next();
        }
        return comparator;
    }

    /** A set, or sets joined by union, intersection and difference, or a term. */
    private Answer side() {
        Answer side = single();
        while (true) {
            SetOperation operation = cursor.takeCommand("cup")
                    ? SetOperation.UNION
                    : cursor.takeCommand("cap")
                            ? SetOperation.INTERSECTION
                            : cursor.takeCommand("setminus") ? SetOperation.DIFFERENCE : null;
            if (operation == null) {
                return side;
            }
            side = new Answer.Combined(side, operation, single());
        }
    }

    private Answer single() {
        Token token = cursor.peek();
        if (token.is("\\{")) {
            return set();
        }
        if (token.command("emptyset")) {
            cursor.next();
            return new FiniteSet(List.of());
        }
        if (token.command("mathbb") || token.command("R")) {
            return numberSet();
        }
        boolean bracket = token.is("(") || token.is("[");
        if (cursor.beginsMatrix(0)) {
            return matrix();
        }
        if ((token.is("-") || token.is("+")) && cursor.beginsMatrix(1)) {
            cursor.next();
            return scaled(Expression.of(token.is("-") ? -1 : 1), matrix());
        }
        if (token.command("langle") || (bracket || token.is("{")) && cursor.bracketHoldsList()) {
            return token.is("{") ? bareSet() : tuple();
        }
        if (token.is("]") && cursor.peek(1).kind() != Kind.END) {
            // ]a, b[ is how the open interval is written in some countries.
            return tuple();
        }
        if (token.kind() == Kind.NUMBER && cursor.peek(1).is("_")) {
            return numeral();
        }
        if (token.kind() == Kind.WORDS) {
            return labelled();
        }
        return value();
    }

    /** {@code \text{Area} = 5}: words that name what follows. */
    private Answer labelled() {
        StringBuilder words = new StringBuilder();
        while (cursor.peek().kind() == Kind.WORDS || cursor.peek().kind() == Kind.LETTERS) {
            words.append(' ').append(cursor.next().text());
        }
        return new Words(plain(words.toString()));
    }

    private Answer numberSet() {
        if (cursor.next().text().equals("R")) {
            return new Reals();
        }
        boolean braces = cursor.take("{");
        Token name = cursor.next();
        if (braces) {
            cursor.expect("}");
        }
        return name.text().equals("R") ? new Reals() : new Words("the set " + name.text());
    }

    private Answer set() {
        cursor.enter();
        cursor.expect("\\{");
        Answer inner = cursor.peek().is("\\}") ? new FiniteSet(List.of()) : builderOrElements();
        cursor.expect("\\}");
        cursor.leave();
        return inner;
    }

    /** {@code \{x \mid x > 3\}} is its condition. */
    private Answer builderOrElements() {
        int bar = cursor.peek(1).command("in") ? cursor.peek(3).is("{") ? 6 : 4 : 1;
        Token separator = cursor.peek(bar);
        if (cursor.peek().kind() == Kind.LETTERS
                && cursor.peek().text().length() == 1
                && (separator.is("|") || separator.is(":"))) {
            for (int i = 0; i <= bar; i++) {
                cursor.next();
            }
            return list();
        }
        return new FiniteSet(elements());
    }

    private Answer bareSet() {
        cursor.enter();
        cursor.expect("{");
        List<Answer> elements = elements();
        cursor.expect("}");
        cursor.leave();
        return new FiniteSet(elements);
    }

    private Answer tuple() {
        cursor.enter();
        Token open = cursor.next();
        List<Answer> parts = elements();
        Token close = cursor.next();
        if (!close.is(")") && !close.is("]") && !close.command("rangle") && !close.is("[")) {
            throw new Unreadable("a bracket is not closed");
        }
        cursor.leave();
        boolean pointed = open.command("langle");
        return new Tuple(parts, pointed || open.is("(") || open.is("]"), pointed || close.is(")") || close.is("["));
    }

    private List<Answer> elements() {
        List<Answer> elements = new ArrayList<>();
        do {
            elements.add(relation());
        } while (cursor.take(",") || cursor.take(";"));
        return elements;
    }

    /** A matrix in any brackets, and perhaps a sign behind it that transposes it. */
    private Answer matrix() {
        cursor.enter();
        String open = cursor.peek().text();
        boolean bracket = cursor.peek().kind() == Kind.SIGN;
        if (bracket) {
            cursor.next();
        }
        String environment = environment("begin");
        if (!MATRICES.contains(environment) && !DETERMINANTS.contains(environment)) {
            throw new Unreadable("'\\begin{" + environment + "}' is not known");
        }
        columns(environment);
        List<List<Answer>> rows = rows();
        environment("end");
        if (bracket) {
            cursor.expect(
                    switch (open) {
                        case "(" -> ")";
                        case "[" -> "]";
                        case "{" -> "}";
                        case "\\{" -> "\\}";
                        default -> "|";
                    });
        }
        cursor.leave();
        if (DETERMINANTS.contains(environment) || open.equals("|")) {
            return new Value(determinant(terms(rows)), null);
        }
        return new Matrix(transposes() ? transposed(rows) : rows);
    }

    /** What an array or a starred matrix says of its columns: where numbers stand in them. */
    private void columns(String environment) {
        boolean array = environment.equals("array");
        String close = array && cursor.take("{") ? "}" : !array && cursor.take("[") ? "]" : "";
        while (!close.isEmpty() && !cursor.take(close)) {
            if (cursor.atEnd()) {
                throw cursor.unexpected();
            }
            cursor.next();
        }
    }

    private boolean transposes() {
        if (!cursor.peek().is("^")) {
            return false;
        }
        boolean braces = cursor.peek(1).is("{");
        Token sign = cursor.peek(braces ? 2 : 1);
        if (!sign.text().equals("T") && !sign.command("top") && !sign.command("intercal")) {
            return false;
        }
        for (int i = 0; i < (braces ? 4 : 2); i++) {
            cursor.next();
        }
        return true;
    }

    private static List<List<Answer>> transposed(List<List<Answer>> rows) {
        List<List<Answer>> columns = new ArrayList<>();
        for (int i = 0; i < rows.getFirst().size(); i++) {
            int column = i;
            columns.add(rows.stream().map(row -> row.get(column)).toList());
        }
        return columns;
    }

    /** A matrix, or the number that a determinant is, times a factor. */
    private static Answer scaled(Expression factor, Answer matrix) {
        return switch (matrix) {
            case Matrix(List<List<Answer>> rows) ->
                new Matrix(rows.stream()
                        .map(row -> row.stream()
                                .map(element -> scaled(factor, element))
                                .toList())
                        .toList());
            case Value(Expression term, var unit) -> new Value(Expression.product(factor, term), unit);
            default -> throw new Unreadable("a factor stands before a matrix of which not all elements are terms");
        };
    }

    private static List<List<Expression>> terms(List<List<Answer>> rows) {
        if (rows.size() != rows.getFirst().size() || rows.size() > MAX_DETERMINANT) {
            throw new Unreadable("a determinant has as many rows as columns, and here at most " + MAX_DETERMINANT);
        }
        return rows.stream()
                .map(row -> row.stream()
                        .map(element -> {
                            if (element instanceof Value(Expression term, var unit) && unit == null) {
                                return term;
                            }
                            throw new Unreadable("an element of a determinant is not a term");
                        })
                        .toList())
                .toList();
    }

    /** By the first row. */
    private static Expression determinant(List<List<Expression>> rows) {
        if (rows.size() == 1) {
            return rows.getFirst().getFirst();
        }
        Expression sum = Expression.of(0);
        for (int i = 0; i < rows.size(); i++) {
            int column = i;
            List<List<Expression>> minor = rows.subList(1, rows.size()).stream()
                    .map(row -> {
                        List<Expression> rest = new ArrayList<>(row);
                        rest.remove(column);
                        return List.copyOf(rest);
                    })
                    .toList();
            Expression term = Expression.product(rows.getFirst().get(i), determinant(minor));
            sum = i % 2 == 0 ? Expression.sum(sum, term) : Expression.difference(sum, term);
        }
        return sum;
    }

    private List<List<Answer>> rows() {
        List<List<Answer>> rows = new ArrayList<>();
        do {
            while (cursor.takeCommand("hline")) {
                // A line between two rows.
            }
            if (cursor.peek().command("end")) {
                break;
            }
            List<Answer> row = new ArrayList<>();
            do {
                row.add(side());
            } while (cursor.take("&"));
            rows.add(row);
        } while (cursor.take("\\\\"));
        if (rows.isEmpty()
                || rows.stream().anyMatch(row -> row.size() != rows.getFirst().size())) {
            throw new Unreadable("its rows are not equally long");
        }
        return rows;
    }

    private String environment(String command) {
        if (!cursor.takeCommand(command)) {
            throw cursor.unexpected();
        }
        cursor.expect("{");
        String name = cursor.next().text();
        cursor.take("*");
        cursor.expect("}");
        return name;
    }

    private Answer numeral() {
        String digits = cursor.next().text();
        cursor.next();
        boolean braces = cursor.take("{");
        Token base = cursor.next();
        if (braces) {
            cursor.expect("}");
        }
        int radix = base.kind() == Kind.NUMBER && base.text().length() < 3 ? Integer.parseInt(base.text()) : 0;
        if (radix < 2 || radix > 36) {
            throw new Unreadable("'" + base.text() + "' is not a base");
        }
        return new Numeral(digits, radix);
    }

    private Answer value() {
        Token unit = cursor.peek(1);
        boolean ends = cursor.peek(2).kind() == Kind.END
                || cursor.peek(2).is(",")
                || cursor.peek(2).kind() == Kind.LETTERS;
        if (cursor.peek().number() instanceof Fraction number && unit.spaced() && Units.letter(unit.text()) && ends) {
            // 5 m are five metres; 5m is five times m.
            cursor.next();
            cursor.next();
            return new Value(new Expression.Number(number), unit.text());
        }
        Expression term = terms.sum();
        if (cursor.beginsMatrix(0)) {
            return scaled(term, matrix());
        }
        List<Expression> ratio = new ArrayList<>(List.of(term));
        while (cursor.take(":")) {
            ratio.add(terms.sum());
        }
        if (ratio.size() == 2) {
            return new Value(Expression.quotient(ratio.getFirst(), ratio.getLast()), null);
        }
        if (ratio.size() > 2) {
            // a : b : c is the same as its multiples.
            return new Tuple(
                    ratio.stream()
                            .<Answer>map(part -> new Value(Expression.quotient(part, ratio.getFirst()), null))
                            .toList(),
                    true,
                    true);
        }
        String words = unit();
        Value scaled = words == null ? null : scaled(term, words);
        if (scaled != null) {
            return scaled;
        }
        if (words != null && !words.equals(Units.PERCENT) && !counts(term)) {
            throw new Unreadable("'" + words + "' is not a unit where there is not a number");
        }
        return new Value(term, words);
    }

    /** {@code 3 tenths}, {@code 3 squared}; null if the words begin with neither. */
    private static @Nullable Value scaled(Expression term, String words) {
        int space = words.indexOf(' ');
        String first = space < 0 ? words : words.substring(0, space);
        String unit = space < 0 ? null : words.substring(space + 1);
        Fraction part = first.endsWith("ths") || first.equals("thirds") ? NumberWords.part(first) : null;
        return switch (first) {
            case "squared" -> new Value(Expression.power(term, Expression.of(2)), unit);
            case "cubed" -> new Value(Expression.power(term, Expression.of(3)), unit);
            default -> part == null ? null : new Value(Expression.product(term, new Expression.Number(part)), unit);
        };
    }

    /** Whether a unit can follow: after a number, a constant or a fraction, not after letters alone. */
    private static boolean counts(Expression term) {
        return switch (term) {
            case Expression.Symbol _ -> false;
            case Expression.Product(Expression left, Expression right) -> counts(left) || counts(right);
            default -> true;
        };
    }

    /** The words behind a term, with their powers and "per". */
    private @Nullable String unit() {
        if (cursor.take("%")) {
            words();
            return Units.PERCENT;
        }
        return words();
    }

    private @Nullable String words() {
        StringBuilder unit = new StringBuilder();
        while (true) {
            Token token = cursor.peek();
            String text = token.text();
            boolean word = (token.kind() == Kind.LETTERS || token.kind() == Kind.WORDS)
                    && !text.equalsIgnoreCase("and")
                    && !text.equalsIgnoreCase("or");
            if (word) {
                unit.append(' ').append(text);
            } else if (unit.isEmpty()) {
                return null;
            } else if (token.is("^") || token.is("/")) {
                unit.append(text);
            } else if (token.kind() == Kind.NUMBER && unit.charAt(unit.length() - 1) == '^') {
                unit.append(text);
            } else {
                return Units.canonical(unit.toString());
            }
            cursor.next();
        }
    }
}
