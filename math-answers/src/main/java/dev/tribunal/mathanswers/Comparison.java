package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Answer.Combined;
import dev.tribunal.mathanswers.Answer.Comparator;
import dev.tribunal.mathanswers.Answer.FiniteSet;
import dev.tribunal.mathanswers.Answer.Matrix;
import dev.tribunal.mathanswers.Answer.Numeral;
import dev.tribunal.mathanswers.Answer.Relation;
import dev.tribunal.mathanswers.Answer.Several;
import dev.tribunal.mathanswers.Answer.Tuple;
import dev.tribunal.mathanswers.Answer.Value;
import dev.tribunal.mathanswers.Answer.Words;
import dev.tribunal.mathanswers.Expression.Constant;
import dev.tribunal.mathanswers.Expression.Number;
import dev.tribunal.mathanswers.Expression.Product;
import dev.tribunal.mathanswers.Expression.Symbol;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether an answer says what the reference says, in whatever form: see docs/judges.md for what counts as equal. */
final class Comparison {

    private static final Fraction HUNDRED = Fraction.of(100);
    private static final int MAX_PARTS = 100;
    private static final Set<String> NOTHING = Set.of(
            "no solution",
            "no solutions",
            "no real solution",
            "no real solutions",
            "none",
            "empty set",
            "the empty set");

    private Comparison() {}

    /**
     * @return why they are not the same, in words that may be empty; null if they are
     * @throws Undecidable if it cannot be said
     */
    static @Nullable String difference(Answer reference, Answer answer) {
        if (reference.equals(answer)) {
            return null;
        }
        if (reference instanceof Relation r && answer instanceof Relation a && equation(r) && equation(a)) {
            return equations(r, a);
        }
        Named mine = Named.of(reference);
        Named its = Named.of(answer);
        if (mine.letter() && its.letter() && !Objects.equals(mine.name(), its.name())) {
            return "it says what " + its.name() + " is, not " + mine.name();
        }
        return unnamed(mine.answer(), its.answer());
    }

    /** {@code x = 5}: an answer with the name that it gives to it. */
    private record Named(@Nullable String name, Answer answer) {

        static Named of(Answer answer) {
            return switch (answer) {
                case Relation relation when equation(relation) -> ofEquation(relation);
                case Relation(List<Answer> sides, List<Comparator> comparators)
                when comparators.equals(List.of(Comparator.IN)) ->
                    new Named(Equivalence.symbol(sides.getFirst()), sides.getLast());
                case Several several -> ofSeveral(several);
                default -> new Named(null, answer);
            };
        }

        private static Named ofEquation(Relation relation) {
            Answer first = relation.sides().getFirst();
            Answer last = relation.sides().getLast();
            String name = Equivalence.symbol(first);
            if (name == null
                    && Equivalence.symbol(last) instanceof String behind
                    && relation.sides().size() == 2) {
                return new Named(behind, first);
            }
            boolean names = name != null
                    || relation.sides().stream()
                            .limit(relation.sides().size() - 1L)
                            .allMatch(side -> names(side, last) || sameSide(side, last));
            return names ? new Named(name, last) : new Named(null, relation);
        }

        /** Words, a tuple, a term of variables alone, or arithmetic without any: what a value may be said of. */
        private static boolean names(Answer side, Answer last) {
            return switch (side) {
                case Words _, Tuple _ -> true;
                case Value(Expression expression, var _) -> {
                    SequencedSet<String> symbols = new LinkedHashSet<>();
                    Expression.symbols(expression, symbols);
                    boolean arithmetic = symbols.isEmpty()
                            && !(last instanceof Value(Expression result, var _)
                                    && !symbols(result).isEmpty());
                    yield arithmetic || !symbols.isEmpty() && !hasNumbers(expression);
                }
                default -> false;
            };
        }

        private static boolean hasNumbers(Expression expression) {
            return switch (expression) {
                case Number _ -> true;
                case Symbol _, Constant _ -> false;
                case Product(Expression a, Expression b) ->
                    !a.equals(Expression.of(-1)) && hasNumbers(a) || hasNumbers(b);
                case Expression.Sum(Expression a, Expression b) -> hasNumbers(a) || hasNumbers(b);
                case Expression.Quotient(Expression a, Expression b) -> hasNumbers(a) || hasNumbers(b);
                case Expression.Power(Expression a, Expression b) -> hasNumbers(a) || hasNumbers(b);
                case Expression.Call(var _, List<Expression> arguments) ->
                    arguments.stream().anyMatch(Named::hasNumbers);
            };
        }

        private static boolean sameSide(Answer side, Answer last) {
            return side instanceof Value(Expression a, var _)
                    && last instanceof Value(Expression b, var _)
                    && Equivalence.difference(a, b) == null;
        }

        /** {@code x = 2 or x = 3}, {@code x_1 = 2, x_2 = 3}, {@code x = 2, 3}: the values of one variable. */
        private static Named ofSeveral(Several several) {
            List<Answer> values = new ArrayList<>();
            String name = null;
            for (Answer part : several.parts()) {
                Named named = of(part);
                if (part instanceof Relation relation && (!equation(relation) || named.name() == null)) {
                    return new Named(null, several);
                }
                String letter = named.name() == null ? name : named.name().replaceFirst("_.*", "");
                if (name != null && !name.equals(letter) || letter == null && name != null) {
                    return new Named(null, several);
                }
                name = letter;
                values.add(named.answer());
            }
            return name == null ? new Named(null, several) : new Named(name, new FiniteSet(values));
        }

        boolean letter() {
            return name != null && name.length() == 1;
        }
    }

    private static boolean equation(Relation relation) {
        return relation.comparators().stream().allMatch(comparator -> comparator == Comparator.EQUAL);
    }

    private static @Nullable String equations(Relation reference, Relation answer) {
        Named mine = Named.of(reference);
        Named its = Named.of(answer);
        boolean both = !(mine.answer() instanceof Relation) && !(its.answer() instanceof Relation);
        boolean variables = mine.letter() && its.letter() && !Objects.equals(mine.name(), its.name());
        if (both && !variables) {
            return unnamed(mine.answer(), its.answer());
        }
        Expression left = zero(reference);
        Expression right = zero(answer);
        if (left == null || right == null) {
            return "it is another equation";
        }
        if (both && symbols(left).size() == 1) {
            return "it says what " + its.name() + " is, not " + mine.name();
        }
        return Equivalence.proportional(left, right, false) ? null : "it is another equation";
    }

    private static SequencedSet<String> symbols(Expression expression) {
        SequencedSet<String> symbols = new LinkedHashSet<>();
        Expression.symbols(expression, symbols);
        return symbols;
    }

    /** What an equation or inequality of two sides says is 0, or more or less than it. */
    private static @Nullable Expression zero(Relation relation) {
        return relation.sides().size() == 2
                        && relation.sides().getFirst() instanceof Value(Expression left, var _)
                        && relation.sides().getLast() instanceof Value(Expression right, var _)
                ? Expression.difference(left, right)
                : null;
    }

    private static @Nullable String unnamed(Answer reference, Answer answer) {
        if (reference.equals(answer)) {
            return null;
        }
        if (reference instanceof Words || answer instanceof Words) {
            return words(reference, answer);
        }
        if (reference instanceof Value r && answer instanceof Value a) {
            return values(r, a);
        }
        if (reference instanceof Numeral || answer instanceof Numeral) {
            return numerals(reference, answer);
        }
        if (reference instanceof Matrix || answer instanceof Matrix) {
            return ordered(rows(reference), rows(answer));
        }
        if (reference instanceof Tuple r && answer instanceof Tuple a) {
            return tuples(r, a);
        }
        if (reference instanceof Tuple r && answer instanceof Several several && list(several)) {
            boolean point = r.parts().size() != 2 || r.openLeft() && r.openRight();
            return point ? ordered(r.parts(), assigned(several)) : "it is not an interval";
        }
        if (reference instanceof Several several && answer instanceof Tuple a && assignments(several)) {
            return ordered(assigned(several), a.parts());
        }
        if (list(reference) && list(answer)) {
            return lists(reference, answer);
        }
        return sets(reference, answer);
    }

    /** Of two parts, which may be an interval's ends, the brackets count too. */
    private static @Nullable String tuples(Tuple reference, Tuple answer) {
        boolean pairs = reference.parts().size() == 2 && answer.parts().size() == 2;
        boolean brackets = reference.openLeft() == answer.openLeft() && reference.openRight() == answer.openRight();
        return pairs && !brackets ? sets(reference, answer) : ordered(reference.parts(), answer.parts());
    }

    private static boolean list(Answer answer) {
        return switch (answer) {
            case FiniteSet _, Value _ -> true;
            case Several several ->
                several.parts().stream().noneMatch(part -> part instanceof Relation relation && !equation(relation));
            default -> false;
        };
    }

    private static boolean assignments(Several several) {
        return several.parts().stream()
                .allMatch(part -> part instanceof Relation && Named.of(part).name() != null);
    }

    /** The right sides of {@code x = 1, y = 2}, or the parts themselves. */
    private static List<Answer> assigned(Several several) {
        return several.parts().stream().map(part -> Named.of(part).answer()).toList();
    }

    private static @Nullable String words(Answer reference, Answer answer) {
        if (reference instanceof Words(String text) && NOTHING.contains(text) && answer.equals(new FiniteSet(List.of()))
                || answer instanceof Words(String other)
                        && NOTHING.contains(other)
                        && reference.equals(new FiniteSet(List.of()))) {
            return null;
        }
        Answer number = number(reference);
        Answer other = number(answer);
        boolean spelled = number instanceof Value && other instanceof Value;
        return Objects.equals(text(reference), text(answer)) ? null : spelled ? unnamed(number, other) : "";
    }

    /** The number that words spell, or the answer itself. */
    private static Answer number(Answer answer) {
        Fraction spelled = answer instanceof Words(String words) ? NumberWords.whole(words) : null;
        return spelled == null ? answer : new Value(new Number(spelled), null);
    }

    /** Words, or the one letter that names a choice. */
    private static @Nullable String text(Answer answer) {
        return switch (answer) {
            case Words(String words) -> NOTHING.contains(words) ? "none" : words;
            case Value(Symbol(String name), var unit) when unit == null -> name.toLowerCase(java.util.Locale.ROOT);
            default -> null;
        };
    }

    private static @Nullable String numerals(Answer reference, Answer answer) {
        if (reference instanceof Numeral(String digits, int base)
                && answer instanceof Numeral(String other, int radix)) {
            return base == radix && digits.equals(other) ? null : "";
        }
        Answer numeral = reference instanceof Numeral ? reference : answer;
        Answer plain = reference instanceof Numeral ? answer : reference;
        return numeral instanceof Numeral(String digits, int _)
                        && plain instanceof Value(Number(Fraction value), var unit)
                        && unit == null
                        && digits.equals(value.toString())
                ? null
                : "";
    }

    private static @Nullable String values(Value reference, Value answer) {
        Value mine = scaled(reference);
        Value its = scaled(answer);
        if (!mine.equals(reference) || !its.equals(answer)) {
            // 3 million are 3,000,000, and 3 where the question asks for millions.
            return plainValues(mine, its) == null || plainValues(reference, answer) == null
                    ? null
                    : plainValues(mine, its);
        }
        return plainValues(reference, answer);
    }

    /** A value whose unit begins with a word such as "million" with that multiplied out, or else as it is. */
    private static Value scaled(Value value) {
        String unit = value.unit();
        int space = unit == null ? -1 : unit.indexOf(' ');
        Fraction scale = unit == null ? null : NumberWords.scale(space < 0 ? unit : unit.substring(0, space));
        return scale == null || unit == null
                ? value
                : new Value(
                        Expression.product(value.expression(), new Number(scale)),
                        space < 0 ? null : unit.substring(space + 1));
    }

    private static @Nullable String plainValues(Value reference, Value answer) {
        boolean percent = Units.percent(answer.unit());
        if (Units.percent(reference.unit()) != percent) {
            // 50 %, 50 and 0.5 are one answer.
            Expression mine = reference.expression();
            Expression its = answer.expression();
            Number hundred = new Number(HUNDRED);
            String difference = terms(mine, its);
            return difference == null
                            || infinity(mine) == 0
                                    && infinity(its) == 0
                                    && (percent
                                                    ? terms(Expression.product(mine, hundred), its)
                                                    : terms(mine, Expression.product(its, hundred)))
                                            == null
                    ? null
                    : difference;
        }
        if (reference.unit() == null
                && answer.unit() != null
                && answer.unit().equals(letterUnit(reference.expression()))
                && reference.expression() instanceof Product(Expression number, var _)) {
            return values(new Value(number, answer.unit()), answer);
        }
        String its = answer.unit();
        Expression given = answer.expression();
        String letter = its == null ? letterUnit(given) : null;
        if (letter != null
                && given instanceof Product(Expression number, var _)
                && (letter.equals(reference.unit())
                        || !symbols(reference.expression()).contains(letter.substring(0, 1)))) {
            // 3h, where the reference knows no h.
            its = letter;
            given = number;
        }
        Fraction ratio;
        try {
            ratio = Units.ratio(its, reference.unit());
        } catch (Unreadable otherKind) {
            return otherKind.getMessage();
        }
        return terms(reference.expression(), ratio == null ? given : Expression.product(given, new Number(ratio)));
    }

    /** The metre in the product 5 m, or its square in 5 m^2; null if the term is not such a product. */
    private static @Nullable String letterUnit(Expression expression) {
        return switch (expression) {
            case Product(Number _, Symbol(String letter)) when Units.letter(letter) -> letter;
            case Product(Number _, Expression.Power(Symbol(String letter), Number(Fraction power)))
            when letter.equals("m") && Units.known(letter + "^" + power) -> letter + "^" + power;
            default -> null;
        };
    }

    private static @Nullable String terms(Expression reference, Expression answer) {
        int mine = infinity(reference);
        int its = infinity(answer);
        if (mine != 0 || its != 0 || infinite(answer)) {
            return mine == its && mine != 0 ? null : "";
        }
        return Equivalence.difference(reference, answer);
    }

    private static boolean infinite(Expression expression) {
        boolean[] found = {false};
        Expression.mapped(expression, part -> {
            found[0] |= part == Constant.INFINITY;
            return part;
        });
        return found[0];
    }

    /** The sign of an infinite term, 0 of a finite one. */
    private static int infinity(Expression expression) {
        return expression == Constant.INFINITY ? 1 : expression.equals(Expression.negative(Constant.INFINITY)) ? -1 : 0;
    }

    private static List<Answer> rows(Answer answer) {
        return switch (answer) {
            case Matrix(List<List<Answer>> rows)
            when rows.getFirst().size() == 1 ->
                rows.stream().map(List::getFirst).toList();
            case Matrix(List<List<Answer>> rows) when rows.size() == 1 -> rows.getFirst();
            case Matrix(List<List<Answer>> rows) ->
                rows.stream().<Answer>map(row -> new Tuple(row, true, true)).toList();
            case Tuple(List<Answer> parts, boolean _, boolean _) ->
                parts.stream()
                        .map(part -> part instanceof Tuple(List<Answer> row, boolean _, boolean _)
                                ? (Answer) new Tuple(row, true, true)
                                : part)
                        .toList();
            default -> List.of(answer);
        };
    }

    private static @Nullable String ordered(List<Answer> reference, List<Answer> answer) {
        if (reference.size() != answer.size()) {
            return "it has " + answer.size() + " parts, not " + reference.size();
        }
        for (int i = 0; i < reference.size(); i++) {
            String difference = difference(reference.get(i), answer.get(i));
            if (difference != null) {
                return "part " + (i + 1) + " is another" + (difference.isEmpty() ? "" : ": " + difference);
            }
        }
        return null;
    }

    /** In any order; within sets an element that is repeated counts once. */
    private static @Nullable String lists(Answer reference, Answer answer) {
        List<Answer> mine = elements(reference);
        List<Answer> its = elements(answer);
        if (mine.size() > MAX_PARTS) {
            throw new Undecidable("the reference has more than " + MAX_PARTS + " parts");
        }
        if (its.size() > MAX_PARTS) {
            return "it has " + its.size() + " parts";
        }
        boolean sets = reference instanceof FiniteSet || answer instanceof FiniteSet;
        List<Answer> left = new ArrayList<>(its);
        for (int i = 0; i < mine.size(); i++) {
            Answer part = mine.get(i);
            Answer match = matching(part, left);
            if (match != null) {
                left.remove(match);
            } else if (!sets || matching(part, mine.subList(0, i)) == null) {
                return "part " + (i + 1) + " of the reference is missing";
            }
        }
        boolean more = left.stream().anyMatch(part -> !sets || matching(part, mine) == null);
        return more ? "it has a part that the reference has not" : null;
    }

    private static @Nullable Answer matching(Answer part, List<Answer> among) {
        for (Answer candidate : among) {
            if (difference(part, candidate) == null) {
                return candidate;
            }
        }
        return null;
    }

    private static List<Answer> elements(Answer answer) {
        return switch (answer) {
            case FiniteSet(List<Answer> elements) -> flat(elements);
            case Several(List<Answer> parts, var _) -> flat(parts);
            default -> List.of(answer);
        };
    }

    /** Names within a list say nothing where all parts are of one variable; a plus-minus sign makes sets in sets. */
    private static List<Answer> flat(List<Answer> parts) {
        List<Answer> flat = new ArrayList<>();
        for (Answer part : parts) {
            switch (part) {
                case FiniteSet(List<Answer> inner) -> flat.addAll(flat(inner));
                case Several(List<Answer> inner, var _) -> flat.addAll(flat(inner));
                default -> flat.add(part);
            }
        }
        return flat;
    }

    private static @Nullable String sets(Answer reference, Answer answer) {
        RealSet mine = RealSet.of(reference);
        RealSet its = RealSet.of(answer);
        if (mine != null && its != null) {
            return mine.difference(its);
        }
        if (reference instanceof Relation r && answer instanceof Relation a) {
            return inequalities(r, a);
        }
        if (reference instanceof Combined(Answer left, var operation, Answer right)
                && answer instanceof Combined(Answer first, var other, Answer second)
                && operation == other) {
            String difference = difference(left, first);
            return difference == null ? difference(right, second) : difference;
        }
        return "it is another kind of answer";
    }

    private static @Nullable String inequalities(Relation reference, Relation answer) {
        Expression mine = zero(reference);
        Expression its = zero(answer);
        if (mine == null || its == null) {
            return "it is another relation";
        }
        Comparator comparator = reference.comparators().getFirst();
        Comparator other = answer.comparators().getFirst();
        if (comparator == Comparator.NOT_EQUAL && other == comparator) {
            return Equivalence.proportional(mine, its, false) ? null : "it is another relation";
        }
        boolean same = comparator == other && Equivalence.proportional(mine, its, true)
                || comparator == other.flipped()
                        && comparator != other
                        && Equivalence.proportional(mine, Expression.negative(its), true);
        return same ? null : "it is another inequality";
    }
}
