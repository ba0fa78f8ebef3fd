package dev.tribunal.mathanswers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a text answers, as it was written; {@link Comparison} knows which of these can say the same. */
sealed interface Answer {

    /**
     * A number or a term.
     *
     * @param unit the words, percent sign or degrees after it
     */
    record Value(Expression expression, @Nullable String unit) implements Answer {}

    /** Several answers side by side: {@code 2, 3}, {@code x = 2 or x = 3}. */
    record Several(List<Answer> parts, Joiner joiner) implements Answer {}

    enum Joiner {
        COMMA,
        AND,
        OR
    }

    /** {@code \{1, 2\}}: order and repetition do not count. */
    record FiniteSet(List<Answer> elements) implements Answer {}

    /** Parts in their order between brackets: a point, or an interval if there are two. */
    record Tuple(List<Answer> parts, boolean openLeft, boolean openRight) implements Answer {}

    /** {@code A \cup B \setminus C}, from left to right. */
    record Combined(Answer left, SetOperation operation, Answer right) implements Answer {}

    enum SetOperation {
        UNION,
        INTERSECTION,
        DIFFERENCE
    }

    /** All real numbers. */
    record Reals() implements Answer {}

    /** {@code a = b = c}, {@code 1 < x \le 2}: one comparison fewer than sides. */
    record Relation(List<Answer> sides, List<Comparator> comparators) implements Answer {}

    enum Comparator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN;

        Comparator flipped() {
            return switch (this) {
                case EQUAL, NOT_EQUAL, IN -> this;
                case LESS -> GREATER;
                case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
                case GREATER -> LESS;
                case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
            };
        }
    }

    /** Rows of equal length. */
    record Matrix(List<List<Answer>> rows) implements Answer {}

    /** {@code 1011_2}: digits in a base. */
    record Numeral(String digits, int base) implements Answer {}

    /** An answer in words, in lower case and without punctuation. */
    record Words(String text) implements Answer {}
}
