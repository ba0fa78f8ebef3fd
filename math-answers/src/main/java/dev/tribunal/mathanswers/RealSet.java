package dev.tribunal.mathanswers;

import dev.tribunal.mathanswers.Answer.Combined;
import dev.tribunal.mathanswers.Answer.Comparator;
import dev.tribunal.mathanswers.Answer.FiniteSet;
import dev.tribunal.mathanswers.Answer.Joiner;
import dev.tribunal.mathanswers.Answer.Matrix;
import dev.tribunal.mathanswers.Answer.Numeral;
import dev.tribunal.mathanswers.Answer.Reals;
import dev.tribunal.mathanswers.Answer.Relation;
import dev.tribunal.mathanswers.Answer.Several;
import dev.tribunal.mathanswers.Answer.Tuple;
import dev.tribunal.mathanswers.Answer.Value;
import dev.tribunal.mathanswers.Answer.Words;
import dev.tribunal.mathanswers.Expression.Constant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of real numbers as intervals in ascending order that do not touch, however it was written: with brackets, as
 * inequalities, as a union.
 *
 * @param variable the one that the inequalities were about; null if none was named
 */
record RealSet(List<Interval> intervals, @Nullable String variable) {

    /** @param at infinite at the ends of the number line */
    record End(Expression expression, double at) {

        static final End LOWEST = new End(Expression.negative(Constant.INFINITY), Double.NEGATIVE_INFINITY);
        static final End HIGHEST = new End(Constant.INFINITY, Double.POSITIVE_INFINITY);

        static @Nullable End of(Answer answer) {
            if (!(answer instanceof Value(Expression expression, var unit)) || unit != null) {
                return null;
            }
            if (expression == Constant.INFINITY) {
                return HIGHEST;
            }
            if (expression.equals(LOWEST.expression())) {
                return LOWEST;
            }
            double at = Equivalence.approximate(expression);
            return Double.isNaN(at) ? null : new End(expression, at);
        }

        /** Ends closer than this are computed from the same number. */
        boolean same(End other) {
            return at == other.at || Math.abs(at - other.at) < 1e-12 * Math.max(Math.abs(at), Math.abs(other.at));
        }

        boolean before(End other) {
            return !same(other) && at < other.at;
        }
    }

    record Interval(End low, boolean openLow, End high, boolean openHigh) {

        boolean empty() {
            return high.before(low) || low.same(high) && (openLow || openHigh);
        }
    }

    private static final RealSet ALL = new RealSet(List.of(new Interval(End.LOWEST, true, End.HIGHEST, true)), null);
    private static final RealSet NONE = new RealSet(List.of(), null);

    /** Null if the answer is not a set of real numbers, or its ends are not known. */
    static @Nullable RealSet of(Answer answer) {
        return switch (answer) {
            case Reals _ -> ALL;
            case FiniteSet(List<Answer> elements) -> points(elements);
            case Value value -> points(List.of(value));
            case Tuple tuple -> interval(tuple);
            case Combined combined -> combined(combined);
            case Relation relation -> relation(relation);
            case Several several -> several(several);
            case Matrix _, Numeral _, Words _ -> null;
        };
    }

    private static @Nullable RealSet points(List<Answer> elements) {
        RealSet points = NONE;
        for (Answer element : elements) {
            End end = End.of(element);
            if (end == null || Double.isInfinite(end.at())) {
                return null;
            }
            points = points.union(new RealSet(List.of(new Interval(end, false, end, false)), null));
        }
        return points;
    }

    private static @Nullable RealSet interval(Tuple tuple) {
        if (tuple.parts().size() != 2) {
            return null;
        }
        End low = End.of(tuple.parts().getFirst());
        End high = End.of(tuple.parts().getLast());
        if (low == null || high == null) {
            return null;
        }
        RealSet interval = only(low, tuple.openLeft(), high, tuple.openRight());
        return interval.equals(NONE) ? null : interval;
    }

    /** At infinity every interval is open. */
    private static RealSet only(End low, boolean openLow, End high, boolean openHigh) {
        Interval interval = new Interval(
                low, openLow || Double.isInfinite(low.at()), high, openHigh || Double.isInfinite(high.at()));
        return interval.empty() ? NONE : new RealSet(List.of(interval), null);
    }

    private static @Nullable RealSet combined(Combined combined) {
        RealSet left = of(combined.left());
        RealSet right = of(combined.right());
        if (left == null || right == null) {
            return null;
        }
        return switch (combined.operation()) {
            case UNION -> left.union(right);
            case INTERSECTION -> left.intersection(right);
            case DIFFERENCE -> left.intersection(right.complement());
        };
    }

    /** {@code 1 < x \le 2}: what its variable may be; null if there is not exactly one side that is a variable. */
    private static @Nullable RealSet relation(Relation relation) {
        RealSet set = ALL;
        String variable = null;
        for (int i = 0; i < relation.comparators().size(); i++) {
            Comparator comparator = relation.comparators().get(i);
            Answer left = relation.sides().get(i);
            Answer right = relation.sides().get(i + 1);
            String name = Equivalence.symbol(left);
            if (name == null) {
                name = Equivalence.symbol(right);
                comparator = comparator.flipped();
                right = left;
            }
            RealSet part = name == null ? null : compared(comparator, right);
            if (part == null || variable != null && !variable.equals(name)) {
                return null;
            }
            variable = name;
            set = set.intersection(part);
        }
        return new RealSet(set.intervals(), variable);
    }

    private static @Nullable RealSet compared(Comparator comparator, Answer bound) {
        if (comparator == Comparator.IN) {
            return of(bound);
        }
        End end = End.of(bound);
        if (end == null) {
            return null;
        }
        return switch (comparator) {
            case LESS -> only(End.LOWEST, true, end, true);
            case LESS_OR_EQUAL -> only(End.LOWEST, true, end, false);
            case GREATER -> only(end, true, End.HIGHEST, true);
            case GREATER_OR_EQUAL -> only(end, false, End.HIGHEST, true);
            case EQUAL -> only(end, false, end, false);
            case NOT_EQUAL -> only(end, false, end, false).complement();
            case IN -> null;
        };
    }

    /** Conditions that cannot hold at once, such as {@code x < -1, x > 1}, are meant one or the other. */
    private static @Nullable RealSet several(Several several) {
        RealSet union = NONE;
        RealSet intersection = ALL;
        String variable = null;
        for (Answer part : several.parts()) {
            RealSet set = of(part);
            if (set == null || variable != null && !variable.equals(set.variable())) {
                return null;
            }
            variable = set.variable();
            union = union.union(set);
            intersection = intersection.intersection(set);
        }
        boolean either =
                several.joiner() == Joiner.OR || intersection.intervals().isEmpty() || variable == null;
        return new RealSet((either ? union : intersection).intervals(), variable);
    }

    private RealSet union(RealSet other) {
        List<Interval> all = new ArrayList<>(intervals);
        all.addAll(other.intervals());
        all.sort((a, b) -> a.low().same(b.low())
                ? Boolean.compare(a.openLow(), b.openLow())
                : Double.compare(a.low().at(), b.low().at()));
        List<Interval> merged = new ArrayList<>();
        for (Interval next : all) {
            Interval last = merged.isEmpty() ? null : merged.getLast();
            if (last == null
                    || last.high().before(next.low())
                    || last.high().same(next.low()) && last.openHigh() && next.openLow()) {
                merged.add(next);
            } else {
                boolean further = last.high().before(next.high());
                boolean closes = last.high().same(next.high()) && !next.openHigh();
                merged.set(
                        merged.size() - 1,
                        new Interval(
                                last.low(),
                                last.openLow(),
                                further ? next.high() : last.high(),
                                further ? next.openHigh() : last.openHigh() && !closes));
            }
        }
        return new RealSet(merged, null);
    }

    private RealSet complement() {
        List<Interval> gaps = new ArrayList<>();
        End from = End.LOWEST;
        boolean open = true;
        for (Interval interval : intervals) {
            gaps.add(new Interval(from, open, interval.low(), !interval.openLow()));
            from = interval.high();
            open = !interval.openHigh();
        }
        gaps.add(new Interval(from, open || from.equals(End.LOWEST), End.HIGHEST, true));
        gaps.removeIf(gap -> gap.empty()
                || gap.low().at() == gap.high().at()
                        && Double.isInfinite(gap.low().at()));
        return new RealSet(gaps, null);
    }

    private RealSet intersection(RealSet other) {
        return complement().union(other.complement()).complement();
    }

    /** Why the other is another set; null if it is the same. */
    @Nullable
    String difference(RealSet other) {
        if (variable != null && other.variable() != null && !Objects.equals(variable, other.variable())) {
            return "it is about " + other.variable() + ", not " + variable;
        }
        if (intervals.size() != other.intervals().size()) {
            return "it is another set of numbers";
        }
        for (int i = 0; i < intervals.size(); i++) {
            Interval mine = intervals.get(i);
            Interval its = other.intervals().get(i);
            if (!sameEnd(mine.low(), its.low()) || !sameEnd(mine.high(), its.high())) {
                return "an end of an interval is another";
            }
            if (mine.openLow() != its.openLow() || mine.openHigh() != its.openHigh()) {
                return "an end is "
                        + (mine.openLow() && !its.openLow() || mine.openHigh() && !its.openHigh()
                                ? "included that is not in the reference"
                                : "left out that is in the reference");
            }
        }
        return null;
    }

    private static boolean sameEnd(End mine, End its) {
        return Double.isInfinite(mine.at()) || Double.isInfinite(its.at())
                ? mine.at() == its.at()
                : Equivalence.difference(mine.expression(), its.expression()) == null;
    }
}
